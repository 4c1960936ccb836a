/** The run whose page is shown, and what came of it. */
import { useOutletContext } from "react-router";

import { api } from "~/api/client";
import type { Run, RunDetail } from "~/api/types";
import { barSeconds } from "~/charts/window";
import { isWaiting } from "~/live/waiting";

const LIVE_MS = 10_000;
const POINTS = 2_000;

export const useRun = (): RunDetail => useOutletContext<RunDetail>();

/** Paper and live runs trade, and come to something while they run. */
export const trades = ({ mode }: Pick<Run, "mode">): boolean => mode !== "backtest";

/** Whether there are figures: of a backtest at its end, of a run that trades once it has begun. */
export const hasFigures = (run: Run): boolean =>
  trades(run) ? run.status !== "pending" && !isWaiting(run) : run.status === "completed";

/** How its queries are kept fresh: between two fills no event tells that prices have moved. */
export function freshness(run: Run) {
  const isMoving = trades(run) && run.status === "running";
  return { enabled: hasFigures(run), refetchInterval: isMoving ? LIVE_MS : false } as const;
}

const of = (run: Run) => ({ path: { run_id: run.id } });

export const useResults = (run: Run) =>
  api.useQuery("get", "/api/v1/runs/{run_id}/results", { params: of(run) }, freshness(run));

export const useEquity = (run: Run, isWanted = true) =>
  api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/equity",
    { params: { ...of(run), query: { points: POINTS } } },
    { ...freshness(run), enabled: isWanted && hasFigures(run) },
  );

export const useBenchmark = (run: Run) =>
  api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/benchmark",
    { params: { ...of(run), query: { points: POINTS } } },
    { enabled: hasFigures(run) && !trades(run) },
  );

export const useMonths = (run: Run) =>
  api.useQuery("get", "/api/v1/runs/{run_id}/months", { params: of(run) }, freshness(run));

/** How finely times of a run are worth showing: what happens on daily bars happens on a day. */
export const finest = ({ timeframe }: RunDetail): "minute" | "day" =>
  timeframe && barSeconds(timeframe) >= 86_400 ? "day" : "minute";
