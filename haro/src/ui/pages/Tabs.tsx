/** Parts of a page, each with an address of its own. */
import { useEffect, useRef } from "react";
import { NavLink, useLocation } from "react-router";

import { cx } from "../cx";

export interface Tab {
  label: string;
  to: string;
  end?: boolean;
}

export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const bar = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const active = bar.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (bar.current && active)
      bar.current.scrollLeft = active.offsetLeft - (bar.current.clientWidth - active.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav ref={bar} aria-label={label} className="relative overflow-x-auto border-b border-line">
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
