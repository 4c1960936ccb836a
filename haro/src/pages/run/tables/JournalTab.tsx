/** What the strategy wrote with `self.log`. */
import type { ColumnDef } from "@tanstack/react-table";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { DataTable } from "~/ui/tables/DataTable";
import { Panel } from "~/ui/pages/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";
import { Moment } from "~/ui/values/Time";

import { useRun } from "../useRun";

type Entry = Schemas["JournalEntryResponse"];
const NONE = [] as const;
const COLUMNS: ColumnDef<Entry>[] = [
  { id: "time", header: "Time", meta: { narrow: true }, cell: ({ row }) => <Moment at={row.original.time} /> },
  {
    id: "text",
    header: "Text",
    cell: ({ row }) => <span className="whitespace-pre-wrap wrap-anywhere">{row.original.text}</span>,
  },
];

export default function JournalTab() {
  const run = useRun();
  const state = useTableState(NONE);
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/log", {
    params: { path: { run_id: run.id }, query: { page: state.page, page_size: PAGE_SIZE } },
  });
  return (
    <Panel title="Journal" flush>
      <Answer of={found} loading={<Skeleton className="m-4 h-64" />}>
        {(page) => (
          <DataTable
            caption="Lines of the journal"
            columns={COLUMNS}
            page={page}
            state={state}
            rowKey={(entry) => `${page.items.indexOf(entry)}`}
            empty={
              <Empty title="Its strategy wrote nothing">
                A strategy writes here with <code className="font-mono">self.log(text)</code>.
              </Empty>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}
