import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Tooltip } from "radix-ui";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";

import type { RunDetail } from "~/api/types";
import { queryClient } from "~/app/queries";
import { forgetProgress, noteProgress } from "~/live/progress";
import { answer, aRun, aTrade, days, pageOf, refused, results, take } from "~/testing/runs";
import { server } from "~/testing/server";
import { NoticesProvider } from "~/ui/pages/notices";

import ChartTab from "./chart/ChartTab";
import { chains, gist, happened, type LogEvent } from "./events/chain";
import EventsTab from "./events/EventsTab";
import OverviewTab from "./overview/OverviewTab";
import RunPage from "./RunPage";
import SettingsTab from "./SettingsTab";
import JournalTab from "./tables/JournalTab";
import OrdersTab from "./tables/OrdersTab";
import TradesTab from "./tables/TradesTab";

type Chart = {
  label: string;
  lit?: number | null;
  span?: unknown;
  onSpan?: (span: object) => void;
  onTrade?: (number: number) => void;
};
vi.mock("~/charts/CurvesChart", () => ({ default: ({ label }: Chart) => <p aria-label={label} /> }));
vi.mock("~/charts/CandleChart", () => ({
  default: ({ label, lit, span, onSpan, onTrade }: Chart) => (
    <div aria-label={label} role="img" data-lit={lit} data-span={JSON.stringify(span)}>
      <button onClick={() => onSpan?.({ from: 1704067200, to: 1704153600 })}>zoom</button>
      <button onClick={() => onTrade?.(3)}>arrow</button>
    </div>
  ),
}));

const NEVER = { is_on: false };

beforeEach(() => {
  answer("/risk", {
    fields: [{ name: "order_max", title: "Largest order", unit: "fraction", default: "1" }],
    accounts: [],
    kill_switch: NEVER,
    refusals: [],
  });
});

/** The page of a run at one of its addresses. */
function show(run: RunDetail, path = "") {
  answer(`/runs/${run.id}`, run);
  const router = createMemoryRouter(
    [
      {
        path: "/runs/:runId",
        element: <RunPage />,
        children: [
          { index: true, element: <OverviewTab /> },
          { path: "chart", element: <ChartTab /> },
          { path: "trades", element: <TradesTab /> },
          { path: "orders", element: <OrdersTab /> },
          { path: "events", element: <EventsTab /> },
          { path: "journal", element: <JournalTab /> },
          { path: "settings", element: <SettingsTab /> },
        ],
      },
      { path: "*", element: <p>another page</p> },
    ],
    { initialEntries: [`/runs/${run.id}${path}`] },
  );
  const queries = queryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={0}>
        <NoticesProvider>
          <RouterProvider router={router} />
        </NoticesProvider>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return () => router.state.location.pathname + router.state.location.search;
}

function withFigures(run: RunDetail, warnings: { code: string; message: string }[] = []) {
  answer(
    `/runs/${run.id}/results`,
    results(run, { final_equity: 104311.2, total_return: 0.0431, sharpe: 1.42, initial_equity: 100000 }, warnings),
  );
  answer(`/runs/${run.id}/equity`, { items: days("2024-01-01", [100, 90, 110]) });
  answer(`/runs/${run.id}/benchmark`, { items: days("2024-01-01", [100, 101, 102]) });
  answer(`/runs/${run.id}/months`, {
    items: [{ year: 2024, months: [0.05, -0.021, ...Array<null>(10).fill(null)], total: 0.029 }],
  });
}

test("a completed backtest shows warnings, figures with definitions, curve and months", async () => {
  const run = aRun();
  withFigures(run, [{ code: "thin", message: "few trades" }]);
  show(run);
  expect(await screen.findByText("A doubt about this result")).toBeInTheDocument();
  expect(screen.getByText("few trades")).toBeInTheDocument();
  expect(screen.getAllByText(/^104\s311\.20$/)).toHaveLength(2);
  expect(await screen.findByLabelText(/^Equity, and under it/)).toBeInTheDocument();
  expect(screen.getByText("Buy and hold", { selector: "span" })).toBeInTheDocument();
  expect(await screen.findByTitle(/^Feb 2024: −2\.10/)).toHaveTextContent("−2.1");
  await userEvent.hover(screen.getAllByRole("button", { name: "Sharpe" })[0] as HTMLElement);
  expect((await screen.findAllByText(/Mean ÷ standard deviation/)).length).toBeGreaterThan(0);
  expect(screen.getByRole("link", { name: "Promote to paper" })).toHaveAttribute("href", "/runs/r1/promote?to=paper");
});

test("a failed run says why, and has no figures", async () => {
  show(aRun({ status: "error", error: "line 4: boom" }));
  expect(await screen.findByText("line 4: boom")).toBeInTheDocument();
  expect(screen.getByText(/It failed before its end/)).toBeInTheDocument();
});

test("a run that is not there is said", async () => {
  answer("/runs/r1", refused("not_found", "there is no run 'r1'"), 404);
  const router = createMemoryRouter([{ path: "/runs/:runId", element: <RunPage /> }], { initialEntries: ["/runs/r1"] });
  const queries = queryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  expect(await screen.findByText("there is no run 'r1'")).toBeInTheDocument();
});

test("a backtest that runs shows how far it is, and can be stopped", async () => {
  noteProgress("r1", 0.25, "Backtest");
  const stopped = take("/runs/r1/stop", aRun({ status: "stopped" }), 200);
  show(aRun({ status: "running", completed_at: null }));
  expect(await screen.findByRole("progressbar")).toHaveAttribute("aria-valuetext", "Backtest, 25 %");
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Stop run" }));
  await waitFor(() => expect(stopped).toEqual([{ flatten: false }]));
  forgetProgress("r1");
});

test("a pending run starts; a refusal is told", async () => {
  take("/runs/r1/start", refused("conflict", "it has just been started"), 409);
  show(aRun({ status: "pending", started_at: null, completed_at: null }));
  await userEvent.click(await screen.findByRole("button", { name: "Start run" }));
  expect(await screen.findByText("it has just been started")).toBeInTheDocument();
});

test("a clone leads to its own page", async () => {
  withFigures(aRun());
  take("/runs/r1/clone", aRun({ id: "r2" }));
  answer("/runs/r2", aRun({ id: "r2", name: "second", status: "pending" }));
  const address = show(aRun());
  await userEvent.click(await screen.findByRole("button", { name: "Clone" }));
  await waitFor(() => expect(address()).toBe("/runs/r2"));
});

test("deleting asks first, then leaves", async () => {
  withFigures(aRun());
  let deleted = 0;
  server.use(
    http.delete("*/api/v1/runs/r1", () => {
      deleted += 1;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const address = show(aRun());
  await userEvent.click(await screen.findByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Delete run" }));
  expect(deleted).toBe(0);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete run" }));
  await waitFor(() => expect(address()).toBe("/runs"));
  expect(deleted).toBe(1);
});

test("a live run is framed and named LIVE, and starts only with its name", async () => {
  const started = take("/runs/r1/start", aRun({ mode: "live", status: "running" }), 200);
  show(aRun({ mode: "live", status: "pending", venue: "alpaca", name: "real one", risk: { order_max: "0.1" } }));
  expect(await screen.findByText(/^LIVE ·/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Start run" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText("alpaca live")).toBeInTheDocument();
  expect(await dialog.findByText(/^10\.00/)).toBeInTheDocument();
  const button = dialog.getByRole("button", { name: "Start live run" });
  expect(button).toBeDisabled();
  await userEvent.type(dialog.getByRole("textbox"), "real one");
  await userEvent.click(button);
  await waitFor(() => expect(started).toEqual([{ confirm: "real one" }]));
});

test("a paper run shows what it holds, what works, its limits and its venue", async () => {
  const run = aRun({ id: "p", mode: "paper", status: "running", venue: "alpaca", halted: "the feed is stale" });
  withFigures(run);
  answer(
    "/runs/p/positions",
    pageOf([
      {
        symbol: "AAPL",
        quantity: "10",
        average_price: "100",
        cost: "1000",
        close: "90",
        market_value: "900",
        unrealised_pnl: "-100",
      },
    ]),
  );
  answer(
    "/runs/p/orders",
    pageOf([
      {
        id: "o",
        side: "buy",
        symbol: "MSFT",
        order_type: "limit",
        quantity: "1",
        limit_price: "55.5",
        stop_price: null,
        status: "accepted",
      },
    ]),
  );
  answer(
    "/venues",
    pageOf([
      {
        id: "alpaca",
        mode: "paper",
        title: "Alpaca",
        state: "connected",
        of_run: false,
        problem: "no data",
        feeds: { bars: "live" },
      },
    ]),
  );
  answer("/risk", {
    fields: [{ name: "order_max", title: "Largest order", unit: "fraction", default: "1" }],
    accounts: [{ runs: [{ run_id: "p", equity: "1", limits: { order_max: "0.5" }, use: { order_max: "0.45" } }] }],
    kill_switch: NEVER,
    refusals: [],
  });
  const stopped = take("/runs/p/stop", run, 200);
  show(run);
  expect(await screen.findByText("the feed is stale")).toBeInTheDocument();
  expect(await screen.findByText("−100.00")).toBeInTheDocument();
  expect(await screen.findByText("55.50")).toBeInTheDocument();
  expect(await screen.findByText(/^45\.00\s% of 50\.00/)).toBeInTheDocument();
  expect(await screen.findByText("no data")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  await userEvent.click(screen.getByLabelText("Flatten: close its positions too"));
  await userEvent.click(screen.getByRole("button", { name: "Stop and flatten" }));
  await waitFor(() => expect(stopped).toEqual([{ flatten: true }]));
});

test("a paper run before its first bar has nothing to show yet", async () => {
  const run = aRun({
    id: "p",
    mode: "paper",
    status: "running",
    venue: "simulated",
    options: { replay: "2024-01-02" },
  });
  for (const path of ["results", "equity", "months"]) answer(`/runs/p/${path}`, refused("not_found", "not yet"), 404);
  for (const path of ["positions", "orders"]) answer(`/runs/p/${path}`, pageOf([]));
  answer("/venues", pageOf([]));
  show(run);
  expect(await screen.findByText("Nothing to show yet")).toBeInTheDocument();
  expect(await screen.findByText("It holds nothing")).toBeInTheDocument();
  expect(await screen.findByText(/^2024-01-02, 1 ×/)).toBeInTheDocument();
});

test("a run that waits for a worker is asked for until it has one, and for no figures before", async () => {
  const run = aRun({ id: "w", mode: "paper", status: "running", venue: "alpaca", queued: true });
  const results = answer("/runs/w/results", refused("not_found", "not yet"), 404);
  for (const path of ["positions", "orders"]) answer(`/runs/w/${path}`, pageOf([]));
  answer("/venues", pageOf([]));
  show(run);
  expect(await screen.findByText("queued")).toBeInTheDocument();
  expect(results).toHaveLength(0);
  answer("/runs/w", { ...run, queued: false });
  expect(await screen.findByText("running", {}, { timeout: 5_000 })).toBeInTheDocument();
  await waitFor(() => expect(results).toHaveLength(1));
});

test("trades are sorted and filtered by the server, and a click goes to the chart", async () => {
  withFigures(aRun());
  const asked = answer("/runs/r1/trades", pageOf([aTrade(4), aTrade(5, { side: "short" })]));
  const address = show(aRun(), "/trades?side=long&sort=-pnl");
  const table = within(await screen.findByRole("table"));
  expect(asked[0]?.toString()).toBe("page=1&page_size=50&sort=-pnl&side=long");
  expect(table.getAllByText("−12.50")).toHaveLength(2);
  answer("/candles", { symbol: "AAPL", timeframe: "1d", items: [], total: 0, bars_per_item: 1 });
  answer("/data", pageOf([]));
  answer("/runs/r1/indicators", { items: [] });
  await userEvent.click(table.getByRole("button", { name: "5" }));
  expect(address()).toBe("/runs/r1/chart?symbol=AAPL&trade=5");
});

test("the chart goes to the trade of the address, and keeps what is looked at there", async () => {
  const run = aRun({ symbols: ["AAPL", "IBM"] });
  const candles = {
    timestamp: "2024-01-03T00:00:00Z",
    end: "2024-01-03T21:00:00Z",
    open: 1,
    high: 2,
    low: 1,
    close: 2,
    volume: 1,
  };
  const asked = answer("/candles", {
    symbol: "AAPL",
    timeframe: "1d",
    items: [candles],
    total: 9000,
    bars_per_item: 3,
  });
  answer("/data", pageOf([{ symbol: "AAPL", first: "2010-01-01T00:00:00Z", last: "2024-06-01T00:00:00Z" }]));
  answer("/runs/r1/indicators", { items: [] });
  answer("/runs/r1/trades", pageOf([aTrade(2)], 700));
  const address = show(run, "/chart?trade=2");
  const chart = await screen.findByRole("img", { name: /^Bars of AAPL/ });
  expect(chart).toHaveAttribute("data-lit", "2");
  expect(chart.dataset.span).toContain("from");
  expect(asked.at(-1)?.get("start")).not.toBeNull();
  expect(screen.getByText(/3 bars of 1d in each candle.*500 of 700 trades/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "zoom" }));
  expect(address()).toContain("from=2024-01-01T00%3A00%3A00Z");
  await userEvent.click(screen.getByRole("button", { name: "arrow" }));
  await waitFor(() => expect(address()).toBe("/runs/r1/chart?trade=3&symbol=AAPL"));
  await userEvent.hover(screen.getAllByRole("cell", { name: "2" })[0] as HTMLElement);
  await userEvent.selectOptions(screen.getByLabelText("Symbol"), "IBM");
  expect(address()).toBe("/runs/r1/chart?symbol=IBM");
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  expect(address()).toBe("/runs/r1/chart?symbol=IBM");
});

test("orders and fills are two tables with states of their own", async () => {
  const order = {
    id: "o1",
    number: 1,
    placed_at: "2024-01-02T00:00:00Z",
    symbol: "AAPL",
    side: "buy",
    order_type: "stop_limit",
    quantity: "5",
    limit_price: "10",
    stop_price: "9",
    time_in_force: "gtc",
    filled_quantity: "0",
    average_price: null,
    status: "rejected",
    reason: "cannot be paid",
  };
  const fill = {
    id: "f1",
    filled_at: "2024-01-02T00:00:00Z",
    symbol: "AAPL",
    side: "sell",
    quantity: "5",
    price: "10.125",
    commission: "0.01",
    slippage: null,
    notes: ["resized"],
  };
  const orders = answer("/runs/r1/orders", pageOf([order]));
  const fills = answer("/runs/r1/fills", pageOf([fill]));
  show(aRun(), "/orders?status=rejected&fill-side=sell");
  expect(await screen.findByText("cannot be paid")).toBeInTheDocument();
  expect(await screen.findByTitle("10.125")).toBeInTheDocument();
  expect(orders[0]?.get("status")).toBe("rejected");
  expect(fills[0]?.get("side")).toBe("sell");
});

const event = (id: string, type: string, cause: string | null, payload = {}): LogEvent => ({
  seq: 5,
  id,
  kind: "evt",
  type,
  version: 1,
  run_id: "r1",
  corr_id: "c",
  causation_id: cause,
  trace_id: null,
  ts: "2024-05-01T00:00:00Z",
  producer: "greta",
  headers: {},
  payload: payload,
});
const FAMILY = [
  event("a", "strategy.PlaceRequest", null, { side: "buy", quantity: "5", symbol: "AAPL" }),
  event("b", "backtest.PlaceOrder", "a"),
  event("c", "orders.Created", "b"),
  event("d", "orders.Filled", "b", { price: "10.5", time: "2020-01-02T00:00:00Z" }),
];

test("an event opens with the tree of what led to it and what came of it", async () => {
  const asked = answer("/runs/r1/events", { ...pageOf([...FAMILY].reverse(), 120) });
  answer("/events", { ...pageOf(FAMILY), next_after: 5, newest: 5 });
  const address = show(aRun(), "/events");
  await userEvent.click(await screen.findByRole("button", { name: /orders\.Filled/ }));
  expect(asked[0]?.get("newest_first")).toBe("true");
  const tree = await screen.findByRole("list", { name: /What led to it/ });
  expect(within(tree).getByText("orders.Filled")).toHaveAttribute("aria-current", "true");
  expect(within(tree).getAllByRole("list")).toHaveLength(2);
  await userEvent.click(screen.getByRole("button", { name: "Older" }));
  expect(address()).toContain("page=2");
  await userEvent.selectOptions(await screen.findByLabelText("Type"), "orders.Filled");
  await waitFor(() => expect(address()).toBe("/runs/r1/events?type=orders.Filled"));
});

test("chains hang by the event that each answers", () => {
  expect(chains(FAMILY).map(({ event: one, answers }) => [one.id, answers.length])).toEqual([["a", 1]]);
  expect(chains([event("x", "t", "gone"), event("y", "t", "y")]).map(({ event: one }) => one.id)).toEqual(["x", "y"]);
  expect(gist(FAMILY[0] as LogEvent)).toBe("buy 5 AAPL");
  expect(gist(FAMILY[3] as LogEvent)).toBe("at 10.5");
  expect(happened(FAMILY[3] as LogEvent)).toBe("2020-01-02T00:00:00Z");
  expect(happened(FAMILY[1] as LogEvent)).toBe("2024-05-01T00:00:00Z");
});

test("what a venue tells of an order hangs where the order was placed", async () => {
  const of = { order_id: "o1" };
  const told = [
    event("a", "strategy.PlaceRequest", null, of),
    event("b", "live.PlaceOrder", "a", of),
    event("c", "orders.Accepted", null, of),
    event("d", "orders.Filled", null, of),
  ];
  const [root] = chains(told);
  expect(root?.answers[0]?.answers.map(({ event: one }) => one.id)).toEqual(["c", "d"]);
  expect(chains(told.slice(2)).map(({ event: one }) => one.id)).toEqual(["c", "d"]);
  answer("/runs/r1/events", pageOf(told.slice(3), 1));
  const asked = answer("/events", { ...pageOf(told), next_after: 5, newest: 5 });
  show(aRun({ mode: "paper" }), "/events");
  await userEvent.click(await screen.findByRole("button", { name: /orders\.Filled/ }));
  const tree = await screen.findByRole("list", { name: /What led to it/ });
  expect(within(tree).getByText("strategy.PlaceRequest")).toBeInTheDocument();
  expect(asked[0]?.get("order_id")).toBe("o1");
});

test("the journal shows what the strategy wrote, or how it would", async () => {
  answer("/runs/r1/log", pageOf([{ time: "2024-01-02T00:00:00Z", text: "crossed" }]));
  show(aRun(), "/journal");
  expect(await screen.findByText("crossed")).toBeInTheDocument();
});

test("settings tell defaults from what was given", async () => {
  answer("/runs/r00", aRun({ id: "r00", name: "the one before" }));
  const run = aRun({
    cloned_from: "r0",
    promoted_from: "r00",
    risk: { order_max: "0.1" },
    on_error: "cancel_all",
    options: { cash: "5000", shorting: true, costs: { commission_bps: "1" } },
  });
  withFigures(run);
  show(run, "/settings");
  expect(await screen.findByText("default")).toBeInTheDocument();
  expect(screen.getByText("5000")).toBeInTheDocument();
  expect(screen.getByText("yes")).toBeInTheDocument();
  expect(screen.getByText('{"commission_bps":"1"}')).toBeInTheDocument();
  expect(screen.getByText("class SmaCrossover: ...")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "r00" })).toHaveAttribute("href", expect.stringMatching(/runs\/r00$/));
});
