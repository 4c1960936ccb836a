/** Reports of replay and drift as the API would tell of them; a test says what matters to it. */
import type { Schemas } from "~/api/types";

type Replay = Schemas["ReplayResponse"];
type Drift = Schemas["DriftResponse"];
type Distribution = Schemas["DistributionResponse"];

export const replay = (given: Partial<Replay> = {}): Replay => ({
  run_id: "r1",
  at: "2024-03-01T10:00:00Z",
  is_identical: true,
  ticks: 505,
  actions: 38,
  first: "2010-01-04T00:00:00Z",
  last: "2011-12-30T21:00:00Z",
  difference: null,
  ...given,
});

const all = (value: number): Distribution => ({
  count: 2,
  mean: value,
  weighted_mean: value,
  median: value,
  p05: value,
  p95: value,
  least: value,
  most: value,
  bins: [{ start: value - 0.5, end: value + 0.5, count: 2 }],
});

const NO_BARS = { count: 0, listed: [] };

/** The example of docs/how-to/read-a-drift-report.md: 21345.8 − 1290.4 − 31.2 = 20024.2. */
export const drift = (given: Partial<Drift> = {}): Drift => ({
  run_id: "r1",
  at: "2024-03-01T10:00:00Z",
  start: "2010-01-04T00:00:00Z",
  end: "2011-12-30T21:00:00Z",
  ticks: 505,
  bars: 505,
  costs: { AAPL: { slippage_bps: "2" } },
  drift_bps: 7,
  orders: {
    live: 19,
    backtest: 19,
    paired: 19,
    other_quantity: 17,
    only_live: [],
    only_live_total: 0,
    only_backtest: [],
    only_backtest_total: 0,
  },
  prices: {
    drift: all(7),
    realised: all(9),
    assumed: all(2),
    listed: [
      {
        time: "2010-02-01T14:30:00Z",
        order: 3,
        symbol: "AAPL",
        side: "buy",
        quantity: "100",
        live_price: "45.0405",
        backtest_price: "45.009",
        assumed_bps: 2,
        realised_bps: 9,
        drift_bps: 7,
      },
      {
        time: "2010-05-03T13:30:00Z",
        order: 4,
        symbol: "AAPL",
        side: "sell",
        quantity: "100",
        live_price: "49.9545",
        backtest_price: "49.99",
        assumed_bps: 2,
        realised_bps: 9,
        drift_bps: 7,
      },
    ],
    total: 2,
  },
  missed: NO_BARS,
  late: NO_BARS,
  corrected: NO_BARS,
  pnl: {
    live: "20024.2",
    backtest: "21345.8",
    difference: "-1321.6",
    parts: [
      { part: "prices_closed", amount: "-1290.4" },
      { part: "prices_open", amount: "0" },
      { part: "commissions", amount: "0" },
      { part: "quantities", amount: "-31.2" },
      { part: "only_live", amount: "0" },
      { part: "only_backtest", amount: "0" },
      { part: "after_newest_bar", amount: "0" },
      { part: "cash_flows", amount: "0" },
      { part: "holdings", amount: "0" },
      { part: "valuation", amount: "0" },
      { part: "rounding", amount: "0" },
    ],
  },
  stored: [{ symbol: "AAPL", given: 505, same: 505, other: 0, not_stored: 0, not_given: 0, first: null }],
  notes: [],
  ...given,
});

/** An order that only one of the two placed. */
export const orderOfOne = (given: Partial<Schemas["ComparedOrderResponse"]> = {}): Schemas["OrderOfOneResponse"] => ({
  order: {
    number: 5,
    symbol: "IBM",
    side: "buy",
    order_type: "limit",
    order_class: "simple",
    quantity: "10",
    filled: "10",
    status: "filled",
    reason: "",
    placed_at: "2010-06-01T20:00:00Z",
    ...given,
  },
  pnl: "-12.5",
});

export const job = (given: Partial<Schemas["JobResponse"]> = {}): Schemas["JobResponse"] => ({
  id: "j-9",
  kind: "run.drift",
  status: "running",
  stage: "comparing",
  fraction: 0.9,
  error: null,
  result: null,
  created_at: "2024-03-01T10:00:00Z",
  started_at: "2024-03-01T10:00:00Z",
  finished_at: null,
  ...given,
});
