/** Things as the API tells of them; a test says what matters to it. */
import type { Fill, Run, Schemas, Series, Strategy } from "~/api/types";

export const order = (given: Partial<Schemas["OrderDetailResponse"]> = {}): Schemas["OrderDetailResponse"] => ({
  id: "o-1",
  run_id: null,
  client_order_id: "o-1",
  number: 0,
  symbol: "AAPL",
  side: "buy",
  order_type: "limit",
  order_class: "simple",
  quantity: "10",
  filled_quantity: "0",
  average_price: null,
  limit_price: "190.5",
  stop_price: null,
  trail: null,
  trail_percent: null,
  time_in_force: "day",
  expires: null,
  extended_hours: false,
  status: "accepted",
  reason: null,
  parent_id: null,
  replaced_by: null,
  placed_at: "2024-03-13T14:45:54Z",
  updated_at: "2024-03-13T14:45:55Z",
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  submissions: [],
  fills: [],
  ...given,
});

export const fill = (given: Partial<Fill> = {}): Fill => ({
  id: "f-1",
  order_id: "o-1",
  run_id: null,
  symbol: "AAPL",
  side: "buy",
  quantity: "10",
  price: "190.25",
  commission: "0.35",
  slippage: null,
  filled_at: "2024-03-13T14:47:00Z",
  bar_timestamp: null,
  exchange_fill_id: null,
  notes: [],
  mode: "paper",
  ...given,
});

export const venue = (given: Partial<Schemas["VenueDetail"]> = {}): Schemas["VenueDetail"] => ({
  id: "alpaca",
  mode: "paper",
  state: "connected",
  title: "Alpaca",
  description: "US stocks and crypto.",
  asset_classes: ["stock", "crypto"],
  features: ["orders", "history"],
  built_in: true,
  of_run: false,
  settings: { ALPACA_PAPER_API_KEY: true, ALPACA_LIVE_API_KEY: false },
  problem: null,
  clock_ahead_seconds: 0,
  feeds: { orders: true },
  ...given,
});

export const event = (given: Partial<Schemas["EventResponse"]> = {}): Schemas["EventResponse"] => ({
  seq: 1,
  id: "e-1",
  kind: "evt",
  type: "orders.Created",
  version: 1,
  run_id: null,
  corr_id: "c",
  causation_id: null,
  trace_id: null,
  ts: "2026-11-28T09:35:34Z",
  producer: "veda",
  headers: {},
  payload: {},
  ...given,
});

export const events = (...items: Schemas["EventResponse"][]) => ({
  items,
  total: items.length,
  page: 1,
  page_size: 50,
  next_after: 0,
  newest: 9,
});

export const health = (given: Partial<Schemas["HealthResponse"]> = {}): Schemas["HealthResponse"] => {
  const works = { ok: true, message: null };
  return {
    status: "ok",
    version: "0.1.0",
    storage: "sqlite",
    durable: true,
    read_only: false,
    venues: [],
    checks: { database: works, event_log: works, bar_store: works, workers: works, disk: works, notifications: works },
    ...given,
  };
};

export const notifications = (given: Partial<Schemas["NotificationsState"]> = {}): Schemas["NotificationsState"] => ({
  channels: [
    { number: 1, scheme: "mailto", sent: 12, given_up: 0, is_failing: false, last_failure: null },
    {
      number: 2,
      scheme: "tgram",
      sent: 3,
      given_up: 1,
      is_failing: true,
      last_failure: { at: "2024-03-13T14:45:55Z", reason: "the service refused it with HTTP 401" },
    },
  ],
  kinds: ["kill_switch", "run_error"],
  ...given,
});

const OFF: Schemas["KillSwitchResponse"] = { account: null, is_on: false, reason: "", at: null, flatten: false };

export const limits: Schemas["LimitResponse"][] = [
  {
    name: "daily_loss",
    title: "Loss within a session",
    unit: "fraction",
    default: "0.05",
    does: "halt",
    least: "0.0001",
    most: "1",
  },
  {
    name: "orders_per_minute",
    title: "Orders a minute",
    unit: "orders",
    default: 60,
    does: "refuse",
    least: "1",
    most: "10000",
  },
  {
    name: "only_run_symbols",
    title: "Only the run's symbols",
    unit: "yes_no",
    default: true,
    does: "refuse",
  },
];

export const accountRisk = (given: Partial<Schemas["AccountRisk"]> = {}): Schemas["AccountRisk"] => ({
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  is_open: true,
  equity: "99992.7",
  limits: { daily_loss: "0.05", orders_per_minute: 60, only_run_symbols: true },
  use: { daily_loss: "0.04", orders_per_minute: "3", only_run_symbols: null },
  halts: [],
  kill_switch: null,
  runs: [],
  ...given,
});

export const risk = (given: Partial<Schemas["RiskResponse"]> = {}): Schemas["RiskResponse"] => ({
  fields: limits,
  kill_switch: OFF,
  accounts: [accountRisk()],
  refusals: [],
  ...given,
});

export const run = (given: Partial<Run> = {}): Run => ({
  id: "r-1",
  name: "apple on paper",
  strategy_id: "sma-crossover",
  mode: "paper",
  status: "running",
  symbols: ["AAPL"],
  timeframe: "1m",
  start_time: null,
  end_time: null,
  config: {},
  options: {},
  venue: "alpaca",
  risk: null,
  on_error: null,
  promotion: null,
  error: null,
  queued: false,
  halted: null,
  source_hash: "aa1e48da12c0",
  data_hash: null,
  weaver_version: "0.1.0",
  cloned_from: null,
  promoted_from: null,
  created_at: "2026-11-28T09:35:34Z",
  started_at: "2026-11-28T09:35:35Z",
  stopped_at: null,
  completed_at: null,
  ...given,
});

export const listedRun = (given: Partial<Schemas["ListedRunResponse"]> = {}): Schemas["ListedRunResponse"] => ({
  ...run(),
  figures: null,
  ...given,
});

export const series = (given: Partial<Series> = {}): Series => ({
  symbol: "AAPL",
  timeframe: "1d",
  asset_class: "stock",
  bars: 3270,
  first: "2000-03-01T00:00:00Z",
  last: "2013-03-01T00:00:00Z",
  missing: 0,
  content_hash: "563ee5cbeed96d",
  source: "AAPL_1d.csv",
  damaged: null,
  ...given,
});

export const strategy = (given: Partial<Strategy> = {}): Strategy => ({
  id: "sma-crossover",
  name: "Sma crossover",
  version: "aa1e48da",
  description: "Long while the fast average is above the slow one.",
  file: "sma_crossover.py",
  class_name: "SmaCrossover",
  built_in: true,
  error: null,
  source_hash: "aa1e48da12c0",
  params_schema: {
    properties: {
      fast: { type: "integer", default: 10, minimum: 2, maximum: 500, description: "Bars of the fast average." },
      kind: { enum: ["simple", "weighted"], default: "simple" },
    },
  },
  ...given,
});

export const account = (given: Partial<Schemas["AccountResponse"]> = {}): Schemas["AccountResponse"] => ({
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  number: "PA35",
  status: "ACTIVE",
  currency: "USD",
  cash: "98146.6",
  equity: "99994.9",
  last_equity: "99993.5",
  buying_power: "167004.7",
  can_short: true,
  flags: [],
  is_streaming: true,
  looked_at: "2026-11-28T10:04:37Z",
  ...given,
});

export const position = (given: Partial<Schemas["AccountPosition"]> = {}): Schemas["AccountPosition"] => ({
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  symbol: "AAPL",
  quantity: "10",
  average_price: "185.34",
  price: "184.83",
  market_value: "1848.3",
  unrealised_pnl: "-5.1",
  owners: [],
  remainder: "0",
  parts: [],
  ...given,
});
