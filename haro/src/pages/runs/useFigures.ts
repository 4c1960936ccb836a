/** What a run has come to, for its row: of a backtest it comes with the list, of one that trades from its own results. */
import { api } from "~/api/client";
import type { Schemas } from "~/api/types";

type Figures = Schemas["RunFigures"];
const POINTS = 60;

export function useFigures(run: Schemas["ListedRunResponse"]): Figures | null {
  const path = { run_id: run.id };
  const has = { enabled: run.mode !== "backtest" && run.status !== "pending", retry: false };
  const stats = api.useQuery("get", "/api/v1/runs/{run_id}/results", { params: { path } }, has).data?.stats;
  const curve = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/equity",
    { params: { path, query: { points: POINTS } } },
    has,
  ).data;
  if (run.figures) return run.figures;
  if (!stats) return null;
  const { total_return = null, sharpe = null, max_drawdown = null, trades = null } = stats;
  return { total_return, sharpe, max_drawdown, trades, sparkline: curve?.items.map(({ equity }) => equity) ?? [] };
}
