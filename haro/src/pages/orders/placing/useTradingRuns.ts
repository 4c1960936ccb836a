/** The runs that trade now, for which orders can be placed. */
import { api } from "~/api/client";

export const useTradingRuns = () =>
  api.useQuery("get", "/api/v1/runs", {
    params: { query: { mode: ["paper", "live"], status: ["running"], page_size: 100 } },
  });
