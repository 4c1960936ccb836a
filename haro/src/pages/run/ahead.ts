/** What a run's page asks for first, asked as soon as its address is known: its scripts are on their way meanwhile. */
import type { QueryClient } from "@tanstack/react-query";
import { matchPath } from "react-router";

import { api } from "~/api/client";
import type { Run } from "~/api/types";

/** About as many as a wide screen has room for. */
const BARS = 1_500;

export const runQuery = (id: string) =>
  api.queryOptions("get", "/api/v1/runs/{run_id}", { params: { path: { run_id: id } } });

interface Window {
  start: string | undefined;
  end: string | undefined;
}

export const candlesQuery = (run: Pick<Run, "timeframe">, symbol: string, window: Window) =>
  api.queryOptions("get", "/api/v1/candles", {
    params: { query: { symbol, timeframe: run.timeframe ?? undefined, ...window, limit: BARS } },
  });

/** Ask for what the page at an address will ask for. What fails is asked for again by the page, which says so. */
export async function askAhead(queries: QueryClient, { pathname, search }: Pick<Location, "pathname" | "search">) {
  const found = matchPath("/runs/:runId/:part?", pathname);
  const { runId, part } = found?.params ?? {};
  if (runId === undefined || runId === "new") return;
  const run = await queries.query(runQuery(runId)).catch(() => null);
  const [symbol] = run?.symbols ?? [];
  if (!run || !symbol || part !== "chart" || search || run.mode !== "backtest") return;
  const window = { start: run.start_time ?? undefined, end: run.end_time ?? undefined };
  await queries.query(candlesQuery(run, symbol, window)).catch(() => null);
}
