/** An API that answers everything: a small world in which something is of each kind. A test changes what matters to it. */
import { http, HttpResponse } from "msw";

import type { paths } from "~/api/schema";

import { page } from "./answers";
import { drift, replay } from "./parity";
import { aRun, aTrade, days } from "./runs";
import {
  account,
  event,
  events,
  fill,
  health,
  listedRun,
  notifications,
  order,
  position,
  risk,
  series,
  strategy,
  venue,
} from "./samples";
import { server } from "./server";

type Body<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Found } } } };
}
  ? Found
  : never;
type Readable = { [P in keyof paths]: [Body<P>] extends [never] ? never : P }[keyof paths];
export type World = { [P in Readable]: Body<P> };

const RUN_ID = "r-1";
/** A run is answered as the one that was asked for. */
const RUN_PATH = "/api/v1/runs/{run_id}";
const FLOATS = { total_return: 0.0431, sharpe: 1.42, max_drawdown: -0.021, trades: 38 };
const INSTRUMENT: Body<"/api/v1/instruments/{symbol}"> = {
  symbol: "AAPL",
  asset_class: "stock",
  tick: "0.01",
  lot: "1",
  minimum: "1",
  quote_currency: "USD",
  calendar: null,
  multiplier: "1",
  margin: null,
  maintenance_margin: null,
  timeframes: ["1d"],
  actions: [{ ex_date: "2020-08-31", type: "split", value: "4" }],
};
const bar = { open: 1, high: 2, low: 1, close: 2, volume: 10 };

export function world(): World {
  const stored = order({ run_id: RUN_ID });
  return {
    "/api/v1/account": page(account()),
    "/api/v1/candles": {
      symbol: "AAPL",
      timeframe: "1d",
      total: 1,
      downsampled: false,
      bars_per_item: 1,
      items: [{ timestamp: "2024-01-02T00:00:00Z", end: "2024-01-02T21:00:00Z", ...bar }],
    },
    "/api/v1/data": page(series()),
    "/api/v1/events": events(event()),
    "/api/v1/fills": page(fill()),
    "/api/v1/gaps": { symbol: "AAPL", timeframe: "1d", total: 0, items: [] },
    "/api/v1/healthz": health(),
    "/api/v1/instruments": page(INSTRUMENT),
    "/api/v1/instruments/{symbol}": INSTRUMENT,
    "/api/v1/jobs/{job_id}": {
      id: "j-1",
      kind: "data.fetch",
      status: "running",
      stage: "AAPL",
      fraction: 0.5,
      error: null,
      result: null,
      created_at: "2024-01-02T00:00:00Z",
      started_at: "2024-01-02T00:00:00Z",
      finished_at: null,
    },
    "/api/v1/orders": page(stored),
    "/api/v1/orders/{order_id}": { ...stored, fills: [fill()] },
    "/api/v1/portfolio/equity": {
      mode: "paper",
      items: [],
      accounts: [],
      runs: 0,
      total: 0,
      points: 0,
      downsampled: false,
    },
    "/api/v1/positions": page(position()),
    "/api/v1/reconciliation": page(),
    "/api/v1/risk": risk(),
    "/api/v1/runs": page(listedRun({ figures: { ...FLOATS, sparkline: [1, 2] } })),
    [RUN_PATH]: aRun({ id: RUN_ID, name: "first" }),
    "/api/v1/runs/{run_id}/benchmark": { run_id: RUN_ID, items: days("2024-01-02T00:00:00Z", [100, 110]) },
    "/api/v1/runs/{run_id}/drift": drift({ run_id: RUN_ID }),
    "/api/v1/runs/{run_id}/equity": {
      run_id: RUN_ID,
      items: days("2024-01-02T00:00:00Z", [100, 120]),
      total: 2,
      points: 2,
      downsampled: false,
      sampled: { interval: "1d", rows: 2 },
    },
    "/api/v1/runs/{run_id}/events": page(event()),
    "/api/v1/runs/{run_id}/fills": page(fill()),
    "/api/v1/runs/{run_id}/indicators": { run_id: RUN_ID, items: [], left_out: 0 },
    "/api/v1/runs/{run_id}/log": page({ time: "2024-01-02T00:00:00Z", text: "crossed" }),
    "/api/v1/runs/{run_id}/months": {
      run_id: RUN_ID,
      items: [{ year: 2024, months: Array.from({ length: 12 }, () => 0.01), total: 0.1 }],
    },
    "/api/v1/runs/{run_id}/orders": page(stored),
    "/api/v1/runs/{run_id}/positions": page({
      symbol: "AAPL",
      quantity: "10",
      average_price: "100",
      cost: "1000",
      close: "110",
      market_value: "1100",
      unrealised_pnl: "100",
    }),
    "/api/v1/runs/{run_id}/parity": { replay: replay({ run_id: RUN_ID }), drift: drift({ run_id: RUN_ID }) },
    "/api/v1/runs/{run_id}/replay": replay({ run_id: RUN_ID }),
    "/api/v1/runs/{run_id}/promotion": {
      run_id: RUN_ID,
      to: "live",
      name: "apple on paper",
      venue: "alpaca",
      met: false,
      problem: null,
      gates: [
        { name: "min_trades", limit: 30, value: 38, met: true, told: "38 trades; there must be at least 30" },
        { name: "min_days", limit: 20, value: 3, met: false, told: "3 days; there must be at least 20" },
      ],
      differences: [{ field: "mode", before: "paper", after: "live" }],
    },
    "/api/v1/runs/{run_id}/results": {
      run_id: RUN_ID,
      stats: FLOATS,
      run: { parameters: { fast: 5 }, data_hash: "beef" },
      warnings: [],
      positions: {},
      cash_flows: [],
    } as unknown as Body<"/api/v1/runs/{run_id}/results">,
    "/api/v1/runs/{run_id}/summary": {
      run_id: RUN_ID,
      name: "first",
      strategy_id: "sma-crossover",
      mode: "paper",
      status: "running",
      symbols: ["AAPL"],
      day: null,
      first: "2024-01-02T21:00:00Z",
      last: "2024-01-03T21:00:00Z",
      sampled: { interval: "1d", rows: 2 },
      start_equity: "100",
      end_equity: "120",
      pnl: "20",
      total_return: 0.2,
      realised_pnl: "20",
      unrealised_pnl: "0",
      orders: { total: 2, by_status: { filled: 2 } },
      fills: 2,
      trades: 1,
      wins: 1,
      commission: "0",
      slippage: null,
      exposure: 0.5,
      max_drawdown: 0,
      positions: [],
      notices: [],
      notices_total: 0,
      started_at: "2024-01-02T14:30:00Z",
      ended_at: null,
    },
    "/api/v1/runs/{run_id}/trades": page(aTrade(1)),
    "/api/v1/session": { token_needed: false, signed_in: true, newest_seq: 0 },
    "/api/v1/settings": { items: [{ name: "WEAVER_HOME", value: "/home" }], notifications: notifications() },
    "/api/v1/strategies": page(strategy()),
    "/api/v1/strategies/{strategy_id}": strategy(),
    "/api/v1/strategies/{strategy_id}/source": {
      id: "sma-crossover",
      file: "sma_crossover.py",
      class_name: "SmaCrossover",
      source_hash: "aa1e",
      source: "class SmaCrossover: ...",
    },
    "/api/v1/venues": { items: [venue(), venue({ mode: "live" })], reason: null },
  };
}

/** Have the API answer as that world is, with these answers in place of its own, whatever they are. */
export function answerAll(over: Partial<Record<Readable, unknown>> = {}): void {
  const answers = Object.entries({ ...world(), ...over });
  server.use(
    ...answers.map(([path, body]) =>
      http.get(`*${path.replace(/\{(\w+)\}/g, ":$1")}`, ({ params }) =>
        HttpResponse.json(path === RUN_PATH ? { ...(body as object), id: params.run_id } : (body as object)),
      ),
    ),
  );
}
