/** A run's orders, and the fills that came of them. */

import { useMemo } from "react";

import { api } from "~/api/client";
import type { OrderStatus, RunDetail } from "~/api/types";
import { FilterSelect } from "~/ui/tables/Filters";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";

import { useRun } from "../useRun";
import { fillColumns, orderColumns } from "./orderColumns";
import { RunTable } from "./RunTable";

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
  const columns = useMemo(() => orderColumns(run), [run]);
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
    <RunTable
      title="Orders"
      {...{ run, found, state }}
      columns={columns}
      rowKey={({ id }) => id}
      sides={SIDES}
      filters={<FilterSelect state={state} name="status" label="Status" options={STATUSES} />}
      empty={{ filtered: "No order is like that", all: "No order was placed" }}
    />
  );
}

function Fills({ run }: { run: RunDetail }) {
  const columns = useMemo(() => fillColumns(run), [run]);
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
    <RunTable
      title="Fills"
      {...{ run, found, state }}
      columns={columns}
      rowKey={({ id }) => id}
      sides={SIDES}
      filtersLabel="Filters of fills"
      empty={{ filtered: "No fill is like that", all: "Nothing was filled" }}
    />
  );
}
