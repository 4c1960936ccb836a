/** The way around: a rail at the side, icons where there is less room, a bar at the bottom of a phone. */
import { NavLink } from "react-router";

import { cx } from "~/ui/cx";

import { PLACES } from "../places";

export function Rail() {
  return (
    <nav
      aria-label="Main"
      className="z-30 border-line bg-surface max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:border-t md:sticky md:top-0 md:h-dvh md:w-14 md:shrink-0 md:border-r xl:w-44"
    >
      <div className="hidden h-12 items-center gap-2 px-4 font-medium md:flex">
        <img src="/icon.svg" alt="" width={22} height={22} />
        <span className="hidden xl:inline">Weaver</span>
      </div>
      <ul className="flex max-md:justify-between md:flex-col md:gap-0.5 md:p-2">
        {PLACES.map(({ label, to, icon: Icon }) => (
          <li key={to} className="max-md:flex-1">
            <NavLink
              to={to}
              end={to === "/"}
              title={label}
              className={({ isActive }) =>
                cx(
                  "flex items-center gap-3 rounded-md px-2.5 py-2 max-md:flex-col max-md:gap-0.5 max-md:px-0 max-md:py-1.5",
                  isActive ? "bg-raised font-medium text-ink" : "text-soft hover:bg-raised hover:text-ink",
                )
              }
            >
              <Icon size={18} aria-hidden />
              <span className="max-xl:sr-only max-md:hidden">{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
