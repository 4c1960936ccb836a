/** What the risk gate refused, and which limits were passed: the newest first. */
import type { ColumnDef } from "@tanstack/react-table";
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { UNKNOWN } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { DataTable } from "~/ui/tables/DataTable";
import { Panel } from "~/ui/pages/Panel";
import { useTableState } from "~/ui/tables/tableState";
import { Ago, Moment } from "~/ui/values/Time";

const PAGE = 25;
const NO_FILTERS = [] as const;

type Event = Schemas["EventResponse"];
const said = ({ payload }: Event, name: string): string => {
  const value = payload[name];
  return typeof value === "string" && value !== "" ? value : UNKNOWN;
};

const COLUMNS: ColumnDef<Event>[] = [
  {
    id: "at",
    header: "When",
    cell: ({ row: { original } }) => (
      <>
        <span className="max-md:hidden">
          <Moment at={original.ts} to="minute" />
        </span>
        <span className="md:hidden">
          <Ago at={original.ts} />
        </span>
      </>
    ),
  },
  {
    id: "what",
    header: "What",
    cell: ({ row: { original } }) =>
      original.type === "risk.LimitBreached" ? <span className="text-loss">halted</span> : "refused",
  },
  {
    id: "rule",
    header: "By",
    meta: { wide: true },
    cell: ({ row: { original } }) => (
      <span className="whitespace-nowrap">{said(original, "rule").replaceAll("_", " ")}</span>
    ),
  },
  { id: "symbol", header: "Symbol", meta: { wide: true }, cell: ({ row: { original } }) => said(original, "symbol") },
  {
    id: "reason",
    header: "Why",
    cell: ({ row: { original } }) => (
      <span className="block min-w-56 wrap-anywhere max-md:min-w-24">{said(original, "reason")}</span>
    ),
  },
  { id: "of", header: "Of", cell: ({ row: { original } }) => <Whose event={original} /> },
];

function Whose({ event }: { event: Event }) {
  const order = event.payload.order_id;
  if (typeof order === "string" && event.type === "risk.Refused")
    return (
      <Link to={`/orders/${order}`} className="text-accent hover:underline">
        order
      </Link>
    );
  if (event.run_id)
    return (
      <Link to={`/runs/${event.run_id}`} className="text-accent hover:underline">
        run
      </Link>
    );
  return said(event, "account");
}

export function Refusals() {
  const state = useTableState(NO_FILTERS);
  const refusals = api.useQuery(
    "get",
    "/api/v1/events",
    {
      params: {
        query: { type: ["risk.Refused", "risk.LimitBreached"], newest_first: true, page: state.page, page_size: PAGE },
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Panel title="Refusals and breaches" flush>
      <Answer of={refusals} loading={<Skeleton className="m-3 h-24" />}>
        {(page) => (
          <DataTable
            caption="Refused orders and breached limits"
            columns={COLUMNS}
            page={page}
            state={state}
            rowKey={({ id }) => id}
            empty={
              <Empty title="Nothing was refused.">An order that a limit forbids stands here with the reason.</Empty>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}
