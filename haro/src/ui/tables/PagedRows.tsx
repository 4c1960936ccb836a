/** A long table that is there as a whole, a page of it at a time. */
import type { ColumnDef } from "@tanstack/react-table";
import { useMemo, useState } from "react";

import { DataTable } from "~/ui/tables/DataTable";

const SIZE = 25;

interface PagedRowsProps<T> {
  caption: string;
  columns: ColumnDef<T>[];
  rows: T[];
  /** What a column is sorted by, under the name that its `sort` has. */
  by?: Record<string, (row: T) => number | string>;
  rowClass?: (row: T) => string | false | undefined;
  onRowClick?: (row: T) => void;
  onRowHover?: (row: T | null) => void;
}

export function PagedRows<T>({ caption, columns, rows, by, ...rest }: PagedRowsProps<T>) {
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<string>();
  const sorted = useMemo(() => sortedRows(rows, sort, by), [rows, sort, by]);
  const sortBy = (next: string | undefined) => {
    setSort(next);
    setPage(1);
  };
  const first = (page - 1) * SIZE;
  return (
    <DataTable
      caption={caption}
      columns={columns}
      page={{ items: sorted.slice(first, first + SIZE), total: rows.length, page, page_size: SIZE }}
      state={{ page, sort, setPage, setSort: sortBy }}
      rowKey={(row) => String(rows.indexOf(row))}
      {...rest}
    />
  );
}

function sortedRows<T>(rows: T[], sort: string | undefined, by: PagedRowsProps<T>["by"]): T[] {
  const isDown = sort?.startsWith("-") ?? false;
  const value = sort === undefined ? undefined : by?.[isDown ? sort.slice(1) : sort];
  if (!value) return rows;
  const way = isDown ? -1 : 1;
  return rows.toSorted((one, other) => (value(one) < value(other) ? -way : value(one) > value(other) ? way : 0));
}
