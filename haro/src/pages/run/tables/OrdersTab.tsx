/** A run's orders, and the fills that came of them. */

import { api } from "~/api/client";
import type { OrderStatus, RunDetail } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/Answer";
import { DataTable } from "~/ui/DataTable";
import { Filters, FilterSelect } from "~/ui/Filters";
import { Panel } from "~/ui/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tableState";

import { useRun } from "../useRun";
import { FILL_COLUMNS, ORDER_COLUMNS } from "./orderColumns";

const FILTERS = ["symbol", "side", "status"] as const;
const FILL_FILTERS = ["symbol", "side"] as const;
const SIDES = ["buy", "sell"] as const;
type Side = (typeof SIDES)[number];
const STATUSES: OrderStatus[] = ["accepted", "partial", "filled", "cancelled", "rejected", "expired"];

export default function OrdersTab() {
  const run = useRun();
  return (
    <>
      <Orders run={run} />
      <Fills run={run} />
    </>
  );
}

function Orders({ run }: { run: RunDetail }) {
  const state = useTableState(FILTERS);
  const { symbol, side, status } = state.filters;
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/orders", {
    params: {
      path: { run_id: run.id },
      query: {
        page: state.page,
        page_size: PAGE_SIZE,
        sort: state.sort,
        symbol,
        side: side as Side[] | undefined,
        status: status as OrderStatus[] | undefined,
      },
    },
  });
  return (
    <Panel
      title="Orders"
      flush
      actions={
        <Filters state={state}>
          {run.symbols.length > 1 && <FilterSelect state={state} name="symbol" label="Symbol" options={run.symbols} />}
          <FilterSelect state={state} name="side" label="Side" options={SIDES} />
          <FilterSelect state={state} name="status" label="Status" options={STATUSES} />
        </Filters>
      }
    >
      <Answer of={found} loading={<Skeleton className="m-4 h-64" />}>
        {(page) => (
          <DataTable
            caption="Table of orders"
            columns={ORDER_COLUMNS}
            page={page}
            state={state}
            rowKey={({ id }) => id}
            empty={<Empty title={state.isFiltered ? "No order is like that" : "No order was placed"} />}
          />
        )}
      </Answer>
    </Panel>
  );
}

function Fills({ run }: { run: RunDetail }) {
  const state = useTableState(FILL_FILTERS, "fill-");
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/fills", {
    params: {
      path: { run_id: run.id },
      query: {
        page: state.page,
        page_size: PAGE_SIZE,
        sort: state.sort,
        symbol: state.filters.symbol,
        side: state.filters.side as Side[] | undefined,
      },
    },
  });
  return (
    <Panel
      title="Fills"
      flush
      actions={
        <Filters state={state} label="Filters of fills">
          {run.symbols.length > 1 && <FilterSelect state={state} name="symbol" label="Symbol" options={run.symbols} />}
          <FilterSelect state={state} name="side" label="Side" options={SIDES} />
        </Filters>
      }
    >
      <Answer of={found} loading={<Skeleton className="m-4 h-64" />}>
        {(page) => (
          <DataTable
            caption="Table of fills"
            columns={FILL_COLUMNS}
            page={page}
            state={state}
            rowKey={({ id }) => id}
            empty={<Empty title={state.isFiltered ? "No fill is like that" : "Nothing was filled"} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
