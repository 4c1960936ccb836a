/** Every page with an address at which it shows something: what has to hold for all of them is asked of this list. */
import { matchRoutes, type RouteObject } from "react-router";

import { PAGES } from "~/app/routes";

export const ADDRESSES = [
  "/",
  "/strategies",
  "/strategies/sma-crossover",
  "/data",
  "/data/import",
  "/data/fetch?job=j-1",
  "/data/AAPL/1d",
  "/runs",
  "/runs/new?symbol=AAPL",
  "/runs/r-1",
  "/runs/r-1/chart",
  "/runs/r-1/trades",
  "/runs/r-1/orders",
  "/runs/r-1/events",
  "/runs/r-1/journal",
  "/runs/r-1/days",
  "/runs/r-1/parity",
  "/runs/r-1/settings",
  "/runs/r-1/promote",
  "/compare?run=r-1&run=r-2",
  "/orders",
  "/orders/new",
  "/orders/o-1",
  "/account",
  "/risk",
  "/settings",
];

/** The innermost route that an address leads to. */
export const routeAt = (address: string): RouteObject | undefined =>
  matchRoutes([{ path: "/", children: PAGES }], address.split("?")[0] ?? "/")?.at(-1)?.route;

/** All that show something at the end of an address. */
export function leaves(routes: RouteObject[] = PAGES): RouteObject[] {
  return routes.flatMap((route) => (route.children ? leaves(route.children) : route.path === "*" ? [] : [route]));
}
