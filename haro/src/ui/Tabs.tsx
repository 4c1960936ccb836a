/** Parts of a page, each with an address of its own. */
import { NavLink } from "react-router";

import { cx } from "./cx";

export interface Tab {
  label: string;
  to: string;
  end?: boolean;
}

export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex gap-1">
        {tabs.map(({ label: text, to, end }) => (
          <li key={to}>
            <NavLink
              to={to}
              end={end ?? false}
              className={({ isActive }) =>
                cx(
                  "-mb-px block border-b-2 px-3 py-2 whitespace-nowrap",
                  isActive ? "border-accent font-medium text-ink" : "border-transparent text-soft hover:text-ink",
                )
              }
            >
              {text}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
