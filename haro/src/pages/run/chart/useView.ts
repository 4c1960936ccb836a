/** Which stretch of a run's time is looked at: what the address says, else the trade it names, else all of it. */
import { useMemo } from "react";

import { api } from "~/api/client";
import type { RunDetail } from "~/api/types";
import { seconds } from "~/charts/time";
import { around, barSeconds, isoOf, type Span, spanIn, windowOf } from "~/charts/window";

import { trades, useEquity } from "../useRun";

export interface View {
  /** Null: everything. */
  span: Span | null;
  /** The trade that the address names. */
  trade: number | null;
  /** False: the trade is still asked for. */
  isKnown: boolean;
  /** What to ask bars for. */
  window: { start: string | undefined; end: string | undefined };
}

export function useView(run: RunDetail, symbol: string, params: URLSearchParams): View {
  const trade = Number(params.get("trade")) || null;
  const said = useMemo(() => spanIn(params), [params]);
  // Numbers run from 1 without a hole: the page of that number holds that trade alone.
  const found = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/trades",
    { params: { path: { run_id: run.id }, query: { page: trade ?? 1, page_size: 1, sort: "number" } } },
    { enabled: trade !== null && said === null },
  );
  const ends = useEnds(run, symbol);
  const named = trade === null ? undefined : found.data?.items.find(({ number }) => number === trade);
  return useMemo(() => {
    const bar = barSeconds(run.timeframe);
    const of = named && around({ from: seconds(named.entry_time), to: seconds(named.exit_time) }, bar);
    const span = said ?? of ?? null;
    return {
      span,
      trade,
      isKnown: trade === null || said !== null || !found.isPending,
      window: cut(span, trades(run) && ends ? { start_time: isoOf(ends.from), end_time: isoOf(ends.to) } : run),
    };
  }, [run, named, said, trade, found.isPending, ends]);
}

/** Bars around what is seen, and none outside the run's own time. */
function cut(span: Span | null, { start_time, end_time }: Pick<RunDetail, "start_time" | "end_time">): View["window"] {
  const around = span && windowOf(span);
  const [from, to] = [around && isoOf(around.from), around && isoOf(around.to)];
  const start = from && start_time && from < start_time ? start_time : (from ?? start_time);
  const end = to && end_time && to > end_time ? end_time : (to ?? end_time);
  return { start: start ?? undefined, end: end ?? undefined };
}

/** When the run's own time begins and ends, as far as it is known. */
function useEnds(run: RunDetail, symbol: string): Span | null {
  const series = api.useQuery("get", "/api/v1/data", { params: { query: { symbol } } }).data?.items;
  const curve = useEquity(run, trades(run)).data?.items;
  return useMemo(() => {
    if (trades(run)) {
      const [first, last] = [curve?.[0], curve?.at(-1)];
      return first && last
        ? { from: seconds(first.timestamp), to: seconds(last.timestamp) + barSeconds(run.timeframe) }
        : null;
    }
    const firsts = series?.map(({ first }) => first).filter((time) => time !== null) ?? [];
    const lasts = series?.map(({ last }) => last).filter((time) => time !== null) ?? [];
    const from = run.start_time ?? firsts.sort()[0];
    const to = run.end_time ?? lasts.sort().at(-1);
    if (!from || !to) return null;
    return { from: seconds(from), to: seconds(to) + 86_400 };
  }, [series, curve, run]);
}
