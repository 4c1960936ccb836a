/** Which page an address shows. Pages come when they are gone to. */
import { createBrowserRouter, isRouteErrorResponse, type RouteObject, useRouteError } from "react-router";

import { Failed } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Page } from "~/ui/pages/Page";

import { Frame } from "~/app/frame/Frame";

type PageModule = { default: React.ComponentType };

const page = (load: () => Promise<PageModule>) => async () => ({ Component: (await load()).default });

/** The pages, within the frame. */
export const PAGES: RouteObject[] = [
  { index: true, lazy: page(() => import("~/pages/dashboard/DashboardPage")) },
  { path: "strategies", lazy: page(() => import("~/pages/strategies/StrategiesPage")) },
  { path: "strategies/:strategyId", lazy: page(() => import("~/pages/strategies/StrategyPage")) },
  { path: "data", lazy: page(() => import("~/pages/data/DataPage")) },
  { path: "data/import", lazy: page(() => import("~/pages/data/bringing/ImportPage")) },
  { path: "data/fetch", lazy: page(() => import("~/pages/data/bringing/FetchPage")) },
  { path: "data/:symbol/:timeframe", lazy: page(() => import("~/pages/data/SeriesPage")) },
  { path: "runs", lazy: page(() => import("~/pages/runs/RunsPage")) },
  { path: "runs/new", lazy: page(() => import("~/pages/newrun/NewRunPage")) },
  {
    path: "runs/:runId",
    lazy: page(() => import("~/pages/run/RunPage")),
    children: [
      { index: true, lazy: page(() => import("~/pages/run/overview/OverviewTab")) },
      { path: "chart", lazy: page(() => import("~/pages/run/chart/ChartTab")) },
      { path: "trades", lazy: page(() => import("~/pages/run/tables/TradesTab")) },
      { path: "orders", lazy: page(() => import("~/pages/run/tables/OrdersTab")) },
      { path: "events", lazy: page(() => import("~/pages/run/events/EventsTab")) },
      { path: "journal", lazy: page(() => import("~/pages/run/tables/JournalTab")) },
      { path: "days", lazy: page(() => import("~/pages/run/days/DaysTab")) },
      { path: "parity", lazy: page(() => import("~/pages/run/parity/ParityTab")) },
      { path: "settings", lazy: page(() => import("~/pages/run/SettingsTab")) },
    ],
  },
  { path: "runs/:runId/promote", lazy: page(() => import("~/pages/promote/PromotePage")) },
  { path: "compare", lazy: page(() => import("~/pages/compare/ComparePage")) },
  { path: "orders", lazy: page(() => import("~/pages/orders/OrdersPage")) },
  { path: "orders/new", lazy: page(() => import("~/pages/orders/placing/NewOrderPage")) },
  { path: "orders/:orderId", lazy: page(() => import("~/pages/orders/order/OrderPage")) },
  { path: "account", lazy: page(() => import("~/pages/account/AccountPage")) },
  { path: "risk", lazy: page(() => import("~/pages/risk/RiskPage")) },
  { path: "settings", lazy: page(() => import("~/pages/settings/SettingsPage")) },
  { path: "*", Component: NotFound },
];

export const router = createBrowserRouter([
  { path: "/", Component: Frame, HydrateFallback: () => null, ErrorBoundary: Broken, children: PAGES },
]);

function NotFound() {
  return (
    <Page title="There is no such page" actions={<ButtonLink to="/">Go to the dashboard</ButtonLink>}>
      <p className="text-soft">The address may be mistyped, or what it showed was deleted.</p>
    </Page>
  );
}

/** A page that could not be loaded: most often a new version was installed while this one was open. */
function Broken() {
  const error = useRouteError();
  const shown = isRouteErrorResponse(error) ? new Error(`${error.status} ${error.statusText}`) : error;
  return (
    <main className="mx-auto max-w-xl p-6">
      <Failed error={shown} again={() => location.reload()} />
    </main>
  );
}
