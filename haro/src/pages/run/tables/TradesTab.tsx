/** All round trips of a run; a click shows one on the chart. */
import { useMemo } from "react";
import { useNavigate } from "react-router";

import { api } from "~/api/client";
import type { Trade } from "~/api/types";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";

import { useRun } from "../useRun";
import { RunTable } from "./RunTable";
import { tradeColumns } from "./tradeColumns";

const FILTERS = ["symbol", "side"] as const;
const SIDES = ["long", "short"] as const;

export default function TradesTab() {
  const run = useRun();
  const navigate = useNavigate();
  const state = useTableState(FILTERS);
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/trades", {
    params: {
      path: { run_id: run.id },
      query: {
        page: state.page,
        page_size: PAGE_SIZE,
        sort: state.sort,
        symbol: state.filters.symbol,
        side: state.filters.side as (typeof SIDES)[number][] | undefined,
      },
    },
  });
  const show = useMemo(
    () => (trade: Trade) =>
      void navigate(`/runs/${run.id}/chart?symbol=${encodeURIComponent(trade.symbol)}&trade=${trade.number}`),
    [navigate, run.id],
  );
  const columns = useMemo(() => tradeColumns(run, show), [run, show]);
  return (
    <RunTable
      title="Trades"
      {...{ run, found, state, columns }}
      rowKey={({ number }) => String(number)}
      onRowClick={show}
      sides={SIDES}
      empty={{
        filtered: "No trade is like that",
        all: "No trade was closed",
        more: "A trade is an entry and the exit that closed it. What is still open stands under Overview.",
      }}
    />
  );
}
