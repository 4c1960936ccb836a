/** One of a run's lists: its filters, and a page of it. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ColumnDef } from "@tanstack/react-table";
import type { ReactNode } from "react";

import type { RunDetail } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { DataTable, type Page } from "~/ui/tables/DataTable";
import { Filters, FilterSelect } from "~/ui/tables/Filters";
import { Panel } from "~/ui/pages/Panel";
import type { TableState } from "~/ui/tables/tableState";

interface RunTableProps<T, Filter extends string> {
  /** What is listed: "Orders". */
  title: string;
  run: RunDetail;
  found: UseQueryResult<Page<T>, unknown>;
  columns: ColumnDef<T>[];
  rowKey: (row: T) => string;
  onRowClick?: (row: T) => void;
  state: TableState<Filter | "symbol" | "side">;
  sides: readonly string[];
  /** Further filters, after those of symbol and side. */
  filters?: ReactNode;
  /** How the filters are called where a page has several. */
  filtersLabel?: string;
  /** What to say where nothing is there: under these filters, and at all. */
  empty: { filtered: string; all: string; more?: ReactNode };
}

export function RunTable<T, Filter extends string>({
  title,
  run,
  found,
  state,
  sides,
  filters,
  filtersLabel,
  empty,
  ...table
}: RunTableProps<T, Filter>) {
  return (
    <Panel
      title={title}
      flush
      actions={
        <Filters state={state} {...(filtersLabel ? { label: filtersLabel } : {})}>
          {run.symbols.length > 1 && <FilterSelect state={state} name="symbol" label="Symbol" options={run.symbols} />}
          <FilterSelect state={state} name="side" label="Side" options={sides} />
          {filters}
        </Filters>
      }
    >
      <Answer of={found} loading={<Skeleton className="m-4 h-64" />}>
        {(page) => (
          <DataTable
            {...table}
            caption={`Table of ${title.toLowerCase()}`}
            page={page}
            state={state}
            empty={<Empty title={state.isFiltered ? empty.filtered : empty.all}>{empty.more}</Empty>}
          />
        )}
      </Answer>
    </Panel>
  );
}
