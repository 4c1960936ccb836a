/** All round trips of a run; a click shows one on the chart. */
import { useMemo } from "react";
import { useNavigate } from "react-router";

import { api } from "~/api/client";
import type { Trade } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/Answer";
import { DataTable } from "~/ui/DataTable";
import { Filters, FilterSelect } from "~/ui/Filters";
import { Panel } from "~/ui/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tableState";

import { useRun } from "../useRun";
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
  const columns = useMemo(() => tradeColumns(show), [show]);
  return (
    <Panel
      title="Trades"
      flush
      actions={
        <Filters state={state}>
          {run.symbols.length > 1 && <FilterSelect state={state} name="symbol" label="Symbol" options={run.symbols} />}
          <FilterSelect state={state} name="side" label="Side" options={SIDES} />
        </Filters>
      }
    >
      <Answer of={found} loading={<Skeleton className="m-4 h-64" />}>
        {(page) => (
          <DataTable
            caption="Table of trades"
            columns={columns}
            page={page}
            state={state}
            rowKey={({ number }) => String(number)}
            onRowClick={show}
            empty={
              <Empty title={state.isFiltered ? "No trade is like that" : "No trade was closed"}>
                A trade is an entry and the exit that closed it. What is still open stands under Overview.
              </Empty>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}
