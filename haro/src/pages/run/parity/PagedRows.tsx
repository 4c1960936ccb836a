/** A long table that is there as a whole, a page of it at a time. */
import type { ColumnDef } from "@tanstack/react-table";
import { useState } from "react";

import { DataTable } from "~/ui/tables/DataTable";

const SIZE = 25;
const nowhere = () => undefined;

interface PagedRowsProps<T> {
  caption: string;
  columns: ColumnDef<T>[];
  rows: T[];
}

export function PagedRows<T>({ caption, columns, rows }: PagedRowsProps<T>) {
  const [page, setPage] = useState(1);
  const first = (page - 1) * SIZE;
  return (
    <DataTable
      caption={caption}
      columns={columns}
      page={{ items: rows.slice(first, first + SIZE), total: rows.length, page, page_size: SIZE }}
      state={{ page, sort: undefined, setPage, setSort: nowhere }}
      rowKey={(row) => String(rows.indexOf(row))}
    />
  );
}
