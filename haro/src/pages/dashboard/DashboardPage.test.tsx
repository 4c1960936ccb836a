import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "~/api/types";
import { answers, type Asked, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { accountRisk, event, events, fill, health, listedRun, order, risk, venue } from "~/testing/samples";

import { alertsOf } from "./alerts";
import DashboardPage from "./DashboardPage";

vi.mock("~/charts/CurvesChart", () => ({ default: ({ label }: { label: string }) => <p>{label}</p> }));

const portfolio = (given: Partial<Schemas["PortfolioEquityResponse"]> = {}): Schemas["PortfolioEquityResponse"] => ({
  mode: "paper",
  items: [],
  points: 0,
  total: 0,
  downsampled: false,
  runs: 0,
  accounts: [],
  ...given,
});
const look = (given: Partial<Schemas["ReconciliationResponse"]> = {}): Schemas["ReconciliationResponse"] => ({
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  is_done: true,
  looked_at: null,
  differences: [],
  foreign: [],
  halted: [],
  ...given,
});

beforeEach(() => {
  answers("get", "/api/v1/risk", risk());
  answers("get", "/api/v1/events", events());
  answers("get", "/api/v1/venues", { items: [venue()], reason: null });
  answers("get", "/api/v1/reconciliation", page(look()));
  answers("get", "/api/v1/healthz", health());
  answers("get", "/api/v1/runs", page());
  answers("get", "/api/v1/data", page());
  answers("get", "/api/v1/orders", page());
  answers("get", "/api/v1/fills", page());
  answers("get", "/api/v1/portfolio/equity", portfolio());
});

const show = (query = "") => renderAt(`/${query}`, "/", <DashboardPage />);

it("names the first steps where nothing was done yet", async () => {
  show();
  expect(await screen.findByRole("heading", { name: "First steps" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Import data" })).toHaveAttribute("href", "/data/import");
  expect(await screen.findByText("Nothing needs your attention.")).toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "Portfolio" })).not.toBeInTheDocument();
});

it("has no first steps where somebody ordered by hand, and no run yet", async () => {
  answers("get", "/api/v1/orders", page(order()));
  show();
  expect(await screen.findByText("No paper run has traded at a market yet.")).toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "First steps" })).not.toBeInTheDocument();
});

it("says where the equity of replays stands, whose orders are listed though they are no part of it", async () => {
  answers("get", "/api/v1/orders", page(order({ mode: "paper", account: "simulated r-1" })));
  show();
  expect(await screen.findByText(/A replay of stored bars has an account of its own/)).toBeInTheDocument();
  expect(screen.queryByText(/No paper run has traded yet/)).not.toBeInTheDocument();
  expect(await screen.findByRole("table", { name: "Recent orders" })).toBeInTheDocument();
});

it("shows how all runs stand, today's gain, what is active and what happened last", async () => {
  answers(
    "get",
    "/api/v1/portfolio/equity",
    portfolio({
      runs: 1,
      items: [
        { timestamp: "2026-11-28T09:00:00Z", equity: "30000", allotted: "30000", pnl: "0" },
        { timestamp: "2026-11-28T10:00:00Z", equity: "30125.5", allotted: "30000", pnl: "125.5" },
      ],
      accounts: [
        {
          account: "alpaca paper",
          venue: "alpaca",
          mode: "paper",
          equity: "100125.5",
          cash: "70000",
          day_pnl: "-12.25",
          owners: [{ run_id: "r-1", allotted: "30000", cash: "0", equity: "30125.5", pnl: "125.5" }],
        },
        {
          account: "simulated r-2",
          venue: "simulated",
          mode: "paper",
          equity: "5",
          cash: "5",
          day_pnl: "5",
          owners: [],
        },
      ],
    }),
  );
  answers("get", "/api/v1/runs", ({ url }: Asked) =>
    url.searchParams.getAll("mode").includes("backtest")
      ? page(
          listedRun({
            id: "r-3",
            name: "old test",
            mode: "backtest",
            status: "completed",
            figures: {
              total_return: 0.25,
              max_drawdown: -0.1,
              sharpe: 1,
              trades: 3,
              sparkline: [1, 2, 3],
            },
          }),
        )
      : page(listedRun()),
  );
  answers("get", "/api/v1/runs/{run_id}/equity", { items: [{ equity: 1 }, { equity: 2 }] });
  answers("get", "/api/v1/orders", page(order()));
  answers("get", "/api/v1/fills", page(fill()));
  show();
  expect(await screen.findByText("30 125.50")).toBeInTheDocument();
  expect(screen.getByText("−12.25")).toBeInTheDocument();
  expect(await screen.findByText("Equity of all paper runs over time")).toBeInTheDocument();
  const active = await screen.findByRole("table", { name: "Active runs" });
  expect(within(active).getByRole("link", { name: "apple on paper" })).toHaveAttribute("href", "/runs/r-1");
  expect(await within(active).findByText("+125.50")).toBeInTheDocument();
  expect(screen.getByText("+25.00 %")).toBeInTheDocument();
  expect(screen.getByRole("table", { name: "Recent fills" })).toHaveTextContent("190.25");
  expect(screen.getByText("orders stream")).toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "First steps" })).not.toBeInTheDocument();
});

it("has the mode in its address", async () => {
  answers("get", "/api/v1/orders", page(order()));
  const asked = answers("get", "/api/v1/portfolio/equity", portfolio({ mode: "live" }));
  const { address } = show();
  await userEvent.click(await screen.findByRole("button", { name: "live" }));
  expect(address()).toBe("/?mode=live");
  expect(await screen.findByText("No live run has traded yet.")).toBeInTheDocument();
  expect(asked.some(({ url }) => url.searchParams.get("mode") === "live")).toBe(true);
});

it("shows alerts first, each with where to look", async () => {
  answers("get", "/api/v1/venues", { items: [venue({ feeds: { orders: true, stock_bars: false } })], reason: null });
  show();
  const alert = await screen.findByRole("link", { name: "Stale: the stream of stock_bars of alpaca paper" });
  expect(alert).toHaveAttribute("href", "/settings");
});

it("does not look as if nothing were wrong where nobody knows", async () => {
  refuses("get", "/api/v1/risk", 503, "the database does not answer");
  show();
  const alerts = await screen.findByRole("region", { name: "Alerts" });
  expect(await within(alerts).findByText("the database does not answer")).toBeInTheDocument();
  expect(screen.queryByText("Nothing needs your attention.")).toBeNull();
});

describe("alerts", () => {
  const nothing = { risk: undefined, protection: undefined, venues: undefined, looks: undefined, health: undefined };
  const titles = (given: Partial<Parameters<typeof alertsOf>[0]>) =>
    alertsOf({ ...nothing, ...given }).map(({ tone, title, to }) => `${tone} ${title} ${to}`);

  it("tell of positions whose newest word is that they are unprotected", () => {
    const payload = { account: "alpaca paper", quantity: "10", reason: "its stop is gone" };
    const of = (type: string, symbol: string) => event({ type, run_id: "r-1", payload: { ...payload, symbol } });
    const protection = [
      of("risk.ProtectionRestored", "AAPL"),
      of("risk.Unprotected", "IBM"),
      of("risk.Unprotected", "AAPL"),
    ];
    expect(titles({ protection })).toEqual(["bad Unprotected: 10 IBM /runs/r-1"]);
  });

  it("tell of switches and halts", () => {
    const off = risk().kill_switch;
    const halt = { cause: "drawdown", reason: "21 %", since: "" } as const;
    const found = titles({
      risk: risk({
        kill_switch: { ...off, is_on: true },
        accounts: [
          accountRisk({
            kill_switch: { ...off, account: "alpaca paper", is_on: true, reason: "x" },
            halts: [
              { ...halt, scope: "run", name: "r-1" },
              { ...halt, scope: "account", name: "alpaca paper" },
            ],
          }),
        ],
      }),
    });
    expect(found).toEqual([
      "bad The kill switch is on, over all accounts /risk",
      "bad The kill switch is on, over alpaca paper /risk",
      "bad Halted in alpaca paper: run r-1 /runs/r-1",
      "bad Halted: alpaca paper /risk",
    ]);
  });

  it("tell of venues that are needed, not of idle ones", () => {
    const venues = [
      venue({ state: "idle", feeds: { orders: false } }),
      venue({ state: "down", problem: "no answer", feeds: {} }),
      venue({ problem: "its clock is off" }),
    ];
    expect(titles({ venues })).toEqual([
      "bad alpaca paper cannot be reached /settings",
      "warn alpaca paper has a problem /settings",
    ]);
  });

  it("tell of what nothing explains, not of what has a name", () => {
    const part = { symbol: "AAPL", quantity: "2", note: "" };
    const foreign = { client_order_id: "c", quantity: "1", side: "buy", status: "new", symbol: "IBM", venue_id: "v" };
    const looks = [
      look({
        differences: [
          { ...part, kind: "earlier" },
          { ...part, kind: "unexplained" },
        ],
        halted: ["AAPL"],
        foreign: [foreign],
      }),
    ];
    expect(titles({ looks })).toEqual([
      "bad alpaca paper: 2 AAPL that nothing explains /account",
      "warn alpaca paper: 1 order of somebody else /account",
    ]);
  });

  it("tell of what does not work at the server", () => {
    const { checks } = health();
    const disk = { ok: false, message: "full" };
    expect(titles({ health: health({ checks: { ...checks, disk } }) })).toEqual([
      "bad The server's disk does not work /settings",
    ]);
  });
});
