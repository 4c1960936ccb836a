/** What each event means for what is on the screen: which queries it makes stale, and what it says to whoever looks.
 *
 * The table is complete by its type: an event that is added, renamed or loses a field in the backend does not build. */
import type { EventType, Path, Payloads } from "~/api/types";

export type Tone = "info" | "good" | "warn" | "bad";

export interface Notice {
  tone: Tone;
  title: string;
  text?: string;
  /** Where to look at it. */
  to?: string;
}

/** A path of the API whose answers are stale; with `run`, only those about that run (and those about none). */
export interface Stale {
  path: Path;
  run?: string | null;
}

export interface Rule<T extends EventType> {
  stale: (payload: Payloads[T]) => Stale[];
  notice?: (payload: Payloads[T]) => Notice | null;
}

type Table = { [T in EventType]: Rule<T> };

const NOTHING = { stale: () => [] };
const RUNS: Stale[] = [{ path: "/api/v1/runs" }];
const ACCOUNTS: Stale[] = [
  { path: "/api/v1/account" },
  { path: "/api/v1/positions" },
  { path: "/api/v1/portfolio/equity" },
];
const RISK: Stale[] = [{ path: "/api/v1/risk" }];
const LOG: Stale = { path: "/api/v1/events" };
const VENUES: Stale[] = [{ path: "/api/v1/venues" }, { path: "/api/v1/healthz" }];
const DATA: Stale[] = [
  { path: "/api/v1/data" },
  { path: "/api/v1/instruments" },
  { path: "/api/v1/candles" },
  { path: "/api/v1/gaps" },
];

/** What a change of a run itself makes stale. */
function ofRun({ run_id: run }: { run_id: string }): Stale[] {
  return [
    ...RUNS,
    { path: "/api/v1/runs/{run_id}", run },
    { path: "/api/v1/runs/{run_id}/events", run },
    { path: "/api/v1/runs/{run_id}/results", run },
  ];
}

/** What the end of a run makes stale: it may have figures now. */
function ofEnd(payload: { run_id: string }): Stale[] {
  const run = payload.run_id;
  const figures: Path[] = [
    "/api/v1/runs/{run_id}/equity",
    "/api/v1/runs/{run_id}/benchmark",
    "/api/v1/runs/{run_id}/months",
    "/api/v1/runs/{run_id}/trades",
    "/api/v1/runs/{run_id}/fills",
    "/api/v1/runs/{run_id}/orders",
    "/api/v1/runs/{run_id}/positions",
    "/api/v1/runs/{run_id}/indicators",
    "/api/v1/runs/{run_id}/log",
  ];
  return [...ofRun(payload), ...figures.map((path) => ({ path, run })), ...RISK, ...ACCOUNTS];
}

function ofOrder({ run_id: run, order_id: order }: { run_id: string | null; order_id: string }): Stale[] {
  return [
    { path: "/api/v1/orders" },
    { path: "/api/v1/orders/{order_id}", run: order },
    LOG,
    { path: "/api/v1/runs/{run_id}/orders", run },
    { path: "/api/v1/runs/{run_id}/events", run },
  ];
}

function ofFill(payload: { run_id: string | null; order_id: string }): Stale[] {
  const run = payload.run_id;
  return [
    ...ofOrder(payload),
    { path: "/api/v1/fills" },
    { path: "/api/v1/runs/{run_id}/fills", run },
    { path: "/api/v1/runs/{run_id}/trades", run },
    { path: "/api/v1/runs/{run_id}/positions", run },
    { path: "/api/v1/runs/{run_id}/equity", run },
    { path: "/api/v1/runs/{run_id}/results", run },
    { path: "/api/v1/runs/{run_id}/summary", run },
    ...ACCOUNTS,
    ...RISK,
  ];
}

function ofRisk({ run_id: run }: { run_id: string | null }): Stale[] {
  return [...RISK, LOG, { path: "/api/v1/runs/{run_id}", run }, { path: "/api/v1/runs/{run_id}/events", run }];
}

const runPage = (run: string | null) => (run ? { to: `/runs/${encodeURIComponent(run)}` } : {});
const whose = (payload: { mode?: string | null }) => payload.mode === "paper" || payload.mode === "live";

/** `buy 10 AAPL`, as people say it. */
function words({ side, quantity, symbol }: { side: string; quantity: string | null; symbol: string }): string {
  return [side, quantity, symbol].filter(Boolean).join(" ");
}

const WARNINGS: Record<Payloads["orders.Warned"]["warning"], string> = {
  cancel_not_confirmed: "Cancel not confirmed",
  exit_refused: "Not closed",
  position_closed: "Closed by Weaver",
  entry_in_the_way: "Entry made way",
  fill_came_late: "Filled late",
  order_id_of_another: "Not sent",
};

export const TABLE: Table = {
  "run.Created": { stale: ofRun },
  "run.Started": { stale: ofRun },
  "run.StopRequested": { stale: ofRun },
  "run.Stopped": {
    stale: ofEnd,
    notice: (one) => ({ tone: "info", title: "Run stopped", text: one.reason, ...runPage(one.run_id) }),
  },
  "run.Completed": {
    stale: ofEnd,
    notice: (one) => ({
      tone: "good",
      title: "Run completed",
      text: `${one.trades} trades, ${one.warnings} warnings`,
      ...runPage(one.run_id),
    }),
  },
  "run.Error": {
    stale: ofEnd,
    notice: (one) => ({ tone: "bad", title: "Run failed", text: one.error, ...runPage(one.run_id) }),
  },
  "run.Progress": { stale: () => [] }, // it carries its figures: see progress.ts
  "run.Resumed": {
    stale: ofRun,
    notice: (one) => ({ tone: "info", title: "Run resumed after a restart", ...runPage(one.run_id) }),
  },
  "run.Halted": {
    stale: (one) => [...ofRun(one), ...RISK],
    notice: (one) => ({ tone: "bad", title: "Run halted", text: one.reason, ...runPage(one.run_id) }),
  },
  "run.Promoted": { stale: ofRun },
  "run.Deleted": {
    stale: () => [...RUNS, { path: "/api/v1/orders" }, { path: "/api/v1/fills" }, ...RISK, ...ACCOUNTS],
  },

  "strategy.FetchWindow": NOTHING,
  "strategy.PlaceRequest": NOTHING,
  "strategy.CancelRequest": NOTHING,
  "strategy.ReplaceRequest": NOTHING,
  "strategy.StopRequest": NOTHING,
  "strategy.Log": { stale: (one) => [{ path: "/api/v1/runs/{run_id}/log", run: one.run_id }] },
  "strategy.CatalogChanged": {
    stale: () => [{ path: "/api/v1/strategies" }, { path: "/api/v1/strategies/{strategy_id}" }],
    notice: (one) => ({
      tone: "info",
      title: "Strategies changed",
      text: [...one.added, ...one.changed, ...one.removed].join(", "),
      to: "/strategies",
    }),
  },
  "backtest.FetchWindow": NOTHING,
  "backtest.PlaceOrder": NOTHING,
  "backtest.CancelOrder": NOTHING,
  "backtest.ReplaceOrder": NOTHING,
  "live.FetchWindow": NOTHING,
  "live.PlaceOrder": NOTHING,
  "live.CancelOrder": NOTHING,
  "live.ReplaceOrder": NOTHING,

  "orders.Created": { stale: ofOrder },
  "orders.Submitted": { stale: ofOrder },
  "orders.Accepted": { stale: ofOrder },
  "orders.PartiallyFilled": { stale: ofFill },
  "orders.Filled": {
    stale: ofFill,
    notice: (one) =>
      whose(one)
        ? { tone: "good", title: `Filled: ${words(one)}`, text: `at ${one.price}`, to: `/orders/${one.order_id}` }
        : null,
  },
  "orders.Cancelled": {
    stale: ofOrder,
    notice: (one) =>
      whose(one)
        ? { tone: "info", title: `Cancelled: ${words(one)}`, text: one.reason, to: `/orders/${one.order_id}` }
        : null,
  },
  "orders.Rejected": {
    stale: ofOrder,
    notice: (one) =>
      whose(one)
        ? { tone: "bad", title: `Rejected: ${words(one)}`, text: one.reason, to: `/orders/${one.order_id}` }
        : null,
  },
  "orders.Expired": {
    stale: ofOrder,
    notice: (one) =>
      whose(one)
        ? { tone: "info", title: `Expired: ${words(one)}`, text: one.reason, to: `/orders/${one.order_id}` }
        : null,
  },
  "orders.Replaced": { stale: ofOrder },
  "orders.Warned": {
    stale: ofOrder,
    notice: (one) => ({
      tone: "warn",
      title: `${WARNINGS[one.warning]}: ${one.symbol}`,
      text: one.reason,
      to: `/orders/${one.order_id}`,
    }),
  },

  "risk.Refused": {
    stale: ofRisk,
    notice: (one) => ({ tone: "warn", title: `Refused by ${one.rule}`, text: one.reason, to: "/risk" }),
  },
  "risk.LimitBreached": {
    stale: ofRisk,
    notice: (one) => ({ tone: "bad", title: `Limit breached: ${one.rule}`, text: one.reason, to: "/risk" }),
  },
  "risk.Unprotected": {
    stale: ofRisk,
    notice: (one) => ({
      tone: "bad",
      title: `Unprotected: ${one.quantity} ${one.symbol}`,
      text: one.reason,
      ...runPage(one.run_id),
    }),
  },
  "risk.ProtectionRestored": {
    stale: ofRisk,
    notice: (one) => ({ tone: "good", title: `Protected again: ${one.symbol}`, ...runPage(one.run_id) }),
  },
  "risk.KillSwitchOn": {
    stale: () => [...RISK, { path: "/api/v1/orders" }, ...RUNS],
    notice: (one) => ({ tone: "bad", title: "Kill switch is on", text: one.reason, to: "/risk" }),
  },
  "risk.KillSwitchOff": {
    stale: () => RISK,
    notice: (one) => ({ tone: "info", title: "Kill switch is released", text: one.reason, to: "/risk" }),
  },

  "account.Updated": { stale: () => ACCOUNTS },
  "account.PositionUpdated": {
    stale: (one) => [...ACCOUNTS, { path: "/api/v1/runs/{run_id}/positions", run: one.run_id }],
  },
  "account.Reconciled": { stale: () => [{ path: "/api/v1/reconciliation" }, ...ACCOUNTS, ...RISK] },
  "account.FeeCharged": { stale: () => ACCOUNTS },
  "account.CarryCharged": {
    stale: (one) => [...ACCOUNTS, { path: "/api/v1/runs/{run_id}/results", run: one.run_id }],
  },
  "account.DaySummarised": NOTHING,

  "data.FeedStale": {
    stale: () => VENUES,
    notice: (one) => ({
      tone: "warn",
      title: `Feed stale: ${one.venue}`,
      text: `${one.reason} (${one.symbols.join(", ")})`,
      to: "/settings",
    }),
  },
  "data.FeedRestored": {
    stale: () => VENUES,
    notice: (one) => ({ tone: "good", title: `Feed restored: ${one.venue}`, to: "/settings" }),
  },
  "data.Imported": {
    stale: () => DATA,
    notice: (one) => ({
      tone: "good",
      title: `Imported ${one.symbol} ${one.timeframe}`,
      text: `${one.bars} bars`,
      to: "/data",
    }),
  },
  "data.FetchProgress": { stale: () => [{ path: "/api/v1/jobs/{job_id}" }] },
  "data.WindowReady": NOTHING,
  "data.WindowFailed": NOTHING,
  "market.Bar": NOTHING,
  "market.BarLate": { stale: (one) => [{ path: "/api/v1/runs/{run_id}/events", run: one.run_id }] },
  "market.BarCorrected": { stale: (one) => [{ path: "/api/v1/runs/{run_id}/events", run: one.run_id }] },
  "market.Quote": NOTHING,
  "market.Trade": NOTHING,
  "clock.Tick": NOTHING,
  "stream.Reset": NOTHING, // everything is stale then: see connection.ts
};

/** All names, for an EventSource hears only those that it is told of. */
export const EVENT_TYPES = Object.keys(TABLE) as EventType[];

export function staleBy<T extends EventType>(type: T, payload: Payloads[T]): Stale[] {
  return TABLE[type].stale(payload);
}

export function noticeOf<T extends EventType>(type: T, payload: Payloads[T]): Notice | null {
  return TABLE[type].notice?.(payload) ?? null;
}
