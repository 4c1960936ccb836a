/** Runs and what came of them, as the API would tell; a test says what matters to it. */
import { http, HttpResponse } from "msw";

import type { RunDetail, Schemas, Trade } from "~/api/types";

import { server } from "./server";

type Options = RunDetail["options"];

const NO_OPTIONS: Options = {
  account: null,
  asset: null,
  audit: null,
  cash: null,
  close_at_end: null,
  costs: null,
  leverage: null,
  lookahead_check: null,
  maintenance: null,
  replay: null,
  seed: null,
  shorting: null,
  speed: null,
  venue_costs: null,
  warmup: null,
};

export function aRun({
  options,
  ...over
}: Partial<Omit<RunDetail, "options">> & { options?: Partial<Options> } = {}): RunDetail {
  return {
    id: "r1",
    name: "first",
    strategy_id: "sma-crossover",
    mode: "backtest",
    status: "completed",
    symbols: ["AAPL"],
    timeframe: "1d",
    start_time: null,
    end_time: null,
    config: { fast: 5 },
    options: { ...NO_OPTIONS, ...options },
    venue: null,
    risk: null,
    on_error: null,
    promotion: null,
    error: null,
    queued: false,
    halted: null,
    source_hash: "abcdef0123456789ff",
    data_hash: "0123456789abcdefff",
    weaver_version: "0.1.0",
    cloned_from: null,
    promoted_from: null,
    created_at: "2024-01-02T03:04:05Z",
    started_at: "2024-01-02T03:04:06Z",
    stopped_at: null,
    completed_at: "2024-01-02T03:04:09Z",
    strategy_source: "class SmaCrossover: ...",
    ...over,
  };
}

export function aTrade(number: number, over: Partial<Trade> = {}): Trade {
  return {
    run_id: "r1",
    number,
    symbol: "AAPL",
    side: "long",
    quantity: "10",
    entry_time: "2024-01-03T00:00:00Z",
    entry_price: "100.5",
    exit_time: "2024-01-05T00:00:00Z",
    exit_price: "99.25",
    pnl: "-12.5",
    return: -0.0124,
    commission: "0",
    bars: 2,
    mae: -0.02,
    mfe: 0.01,
    ...over,
  };
}

export function results(
  run: RunDetail,
  stats: Partial<Schemas["StatsResponse"]>,
  warnings: Schemas["WarningResponse"][] = [],
) {
  return {
    run_id: run.id,
    stats,
    run: { parameters: { fast: 5, slow: 30 }, data_hash: "beef5678" },
    warnings,
    positions: {},
    cash_flows: [],
  };
}

export const pageOf = <T>(items: T[], total = items.length) => ({ items, total, page: 1, page_size: 50 });

/** Answer a path of the API; returns the queries that were asked. */
export function answer(path: string, body: unknown, status = 200): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(`*/api/v1${path}`, ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(body as object, { status });
    }),
  );
  return asked;
}

/** Take what is posted to a path; returns the bodies. */
export function take(path: string, body: unknown, status = 201): unknown[] {
  const taken: unknown[] = [];
  server.use(
    http.post(`*/api/v1${path}`, async ({ request }) => {
      const text = await request.text();
      taken.push(text ? JSON.parse(text) : null);
      return HttpResponse.json(body as object, { status });
    }),
  );
  return taken;
}

export const refused = (code: string, message: string, details: { field: string; message: string }[] = []) => ({
  code,
  message,
  details,
  correlation_id: "c-1",
});

export const days = (first: string, values: number[]) =>
  values.map((equity, index) => ({
    timestamp: new Date(Date.parse(first) + index * 86_400_000).toISOString(),
    equity,
    cash: equity,
  }));
