/** All orders of all runs, and those by hand. */
import { ArrowDownUp, Plus } from "lucide-react";
import { useNavigate } from "react-router";

import { api } from "~/api/client";
import type { OrderStatus, Schemas } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { DataTable } from "~/ui/tables/DataTable";
import { Filters, FilterSelect, FilterText } from "~/ui/tables/Filters";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { PAGE_SIZE, type TableState, useTableState } from "~/ui/tables/tableState";

import { COLUMNS } from "./columns";
import { STATUSES } from "./words";

const FILTERS = ["status", "symbol", "side", "mode", "venue", "run_id"] as const;

export default function OrdersPage() {
  return (
    <Page
      title="Orders"
      actions={
        <ButtonLink kind="primary" to="/orders/new" icon={<Plus size={15} aria-hidden />}>
          Place order
        </ButtonLink>
      }
    >
      <OrdersTable />
    </Page>
  );
}

function OrdersTable() {
  const state = useTableState(FILTERS);
  const navigate = useNavigate();
  const { status, side, mode, venue, symbol, run_id: run } = state.filters;
  const orders = api.useQuery(
    "get",
    "/api/v1/orders",
    {
      params: {
        query: {
          page: state.page,
          page_size: PAGE_SIZE,
          sort: state.sort ?? "-placed_at",
          status: status as OrderStatus[] | undefined,
          side: side as Schemas["OrderSide"][] | undefined,
          mode: modesOf(mode?.[0]),
          symbol,
          venue,
          run_id: run?.[0],
        },
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Panel label="All orders" flush>
      <div className="border-b border-line p-3">
        <OrderFilters state={state} />
      </div>
      <Answer of={orders} loading={<Skeleton className="m-3 h-64" />}>
        {(page) => (
          <DataTable
            caption="Orders"
            columns={COLUMNS}
            page={page}
            state={state}
            rowKey={({ id }) => id}
            onRowClick={({ id }) => void navigate(`/orders/${id}`)}
            empty={<NoOrders state={state} />}
          />
        )}
      </Answer>
    </Panel>
  );
}

const MODES = ["paper", "live", { value: "all", text: "Mode: all, backtests too" }];

/** A desk looks at what was traded; the orders of backtests are many, and shown when asked for. */
function modesOf(chosen: string | undefined): Schemas["TradedMode"][] | undefined {
  if (chosen === "all") return undefined;
  return chosen === "paper" || chosen === "live" ? [chosen] : ["paper", "live"];
}

type OrdersState = TableState<(typeof FILTERS)[number]>;

function OrderFilters({ state }: { state: OrdersState }) {
  const venues = api.useQuery("get", "/api/v1/venues").data?.items ?? [];
  return (
    <Filters state={state}>
      <FilterSelect state={state} name="status" label="Status" options={STATUSES} />
      <FilterSelect state={state} name="side" label="Side" options={["buy", "sell"]} />
      <FilterSelect state={state} name="mode" label="Mode" all="Mode: paper and live" options={MODES} />
      <FilterSelect state={state} name="venue" label="Venue" options={[...new Set(venues.map(({ id }) => id))]} />
      <FilterText state={state} name="symbol" label="Symbol" upper />
      {state.filters.run_id && (
        <Button onClick={() => state.setFilter("run_id", [])}>Of one run only: show all runs</Button>
      )}
    </Filters>
  );
}

function NoOrders({ state }: { state: OrdersState }) {
  const showAll = <Button onClick={() => state.setFilter("mode", ["all"])}>Show the orders of backtests too</Button>;
  if (state.isFiltered)
    return <Empty title="No order fits these filters." action={<Button onClick={state.clear}>Clear filters</Button>} />;
  return (
    <Empty
      icon={<ArrowDownUp size={28} aria-hidden />}
      title="There are no orders yet."
      action={
        <>
          <ButtonLink kind="primary" to="/orders/new">
            Place order
          </ButtonLink>
          <ButtonLink to="/runs/new?mode=paper">Start a paper run</ButtonLink>
          {showAll}
        </>
      }
    >
      Orders of paper and live runs and those placed by hand stand here, newest first.
    </Empty>
  );
}
