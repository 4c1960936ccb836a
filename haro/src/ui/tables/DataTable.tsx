/** A list of the API as a table: the server sorts and cuts it, the address says how. */
import { type ColumnDef, flexRender, getCoreRowModel, type RowData, useReactTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { count } from "~/format/figures";

import { Button } from "~/ui/forms/Button";
import { cx } from "../cx";
import type { TableState } from "./tableState";
import { hidden, type Wide } from "../wide";

declare module "@tanstack/react-table" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the library's own parameters
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Figures are right-aligned. */
    numeric?: boolean;
    wide?: Wide;
    /** As wide as what stands in it, however much room there is. */
    narrow?: boolean;
    /** The API's name of the column, where it can be sorted by. */
    sort?: string;
  }
}

/** A page of a list, as the API has it. */
export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  page_size: number;
}

interface DataTableProps<T> {
  caption: string;
  columns: ColumnDef<T>[];
  page: Page<T>;
  state: Pick<TableState<string>, "page" | "sort" | "setPage" | "setSort">;
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string | false | undefined;
  onRowClick?: (row: T) => void;
  onRowHover?: (row: T | null) => void;
  empty?: ReactNode;
}

export function DataTable<T>({
  caption,
  columns,
  page,
  state,
  rowKey,
  rowClass,
  onRowClick,
  onRowHover,
  empty,
}: DataTableProps<T>) {
  // eslint-disable-next-line react-hooks/incompatible-library -- the table is made anew with its rows
  const table = useReactTable({
    data: page.items,
    columns,
    getCoreRowModel: getCoreRowModel(),
    getRowId: rowKey,
    manualPagination: true,
    manualSorting: true,
  });
  if (page.total === 0 && empty) return empty;
  return (
    <div>
      {/* A region that scrolls has to be reached with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="overflow-x-auto" role="region" aria-label={`Table: ${caption}`} tabIndex={0}>
        <table className="w-full border-collapse text-table">
          <caption className="sr-only">{caption}</caption>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} className="border-b border-line text-left text-label text-soft">
                {group.headers.map(({ id, column, getContext }) => (
                  <Heading key={id} meta={column.columnDef.meta} sorted={state.sort} setSort={state.setSort}>
                    {flexRender(column.columnDef.header, getContext())}
                  </Heading>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr
                key={row.id}
                className={cx(
                  "border-b border-line/60 last:border-0 hover:bg-raised/60",
                  onRowClick && "cursor-pointer",
                  rowClass?.(row.original),
                )}
                onClick={onRowClick && (() => onRowClick(row.original))}
                onMouseEnter={onRowHover && (() => onRowHover(row.original))}
                onMouseLeave={onRowHover && (() => onRowHover(null))}
              >
                {row.getVisibleCells().map(({ id, column, getContext }) => (
                  <td
                    key={id}
                    className={cx(
                      "px-3 py-2 align-middle first:pl-4 last:pr-4 max-md:px-1.5 compact:py-1",
                      column.columnDef.meta?.numeric && "figure text-right",
                      column.columnDef.meta?.narrow && "w-0",
                      hidden(column.columnDef.meta?.wide),
                    )}
                  >
                    {flexRender(column.columnDef.cell, getContext())}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager of={caption} page={page} setPage={state.setPage} />
    </div>
  );
}

interface HeadingProps {
  meta: { numeric?: boolean; wide?: Wide; sort?: string } | undefined;
  sorted: string | undefined;
  setSort: (sort: string | undefined) => void;
  children: ReactNode;
}

/** A click sorts downwards, another upwards, a third as the server has it. */
function Heading({ meta, sorted, setSort, children }: HeadingProps) {
  const name = meta?.sort;
  const isDown = sorted === `-${name}`;
  const isUp = sorted === name;
  const look = cx(
    "px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4 max-md:px-1.5",
    meta?.numeric && "text-right",
    hidden(meta?.wide),
  );
  if (!name)
    return (
      <th scope="col" className={look}>
        {children}
      </th>
    );
  const next = isDown ? name : isUp ? undefined : `-${name}`;
  return (
    <th scope="col" className={look} aria-sort={isDown ? "descending" : isUp ? "ascending" : "none"}>
      <button type="button" onClick={() => setSort(next)} className="inline-flex items-center gap-1 hover:text-ink">
        {children}
        {isDown && <ArrowDown size={12} aria-hidden />}
        {isUp && <ArrowUp size={12} aria-hidden />}
      </button>
    </th>
  );
}

function Pager<T>({
  of,
  page: { items, total, page, page_size: size },
  setPage,
}: {
  of: string;
  page: Page<T>;
  setPage: (page: number) => void;
}) {
  if (total <= size && page === 1) return null;
  const first = (page - 1) * size + 1;
  const last = Math.ceil(total / size);
  return (
    <nav
      aria-label={`Pages: ${of}`}
      className="flex items-center justify-between gap-2 border-t border-line px-3 py-2 text-table text-soft"
    >
      <span className="figure">
        {items.length > 0
          ? `${count(first)}–${count(first + items.length - 1)} of ${count(total)}`
          : `none of ${count(total)}`}
      </span>
      <span className="flex gap-2">
        <Button
          aria-label="Previous page"
          disabled={page <= 1}
          onClick={() => setPage(Math.min(page - 1, last))}
          icon={<ChevronLeft size={14} aria-hidden />}
        />
        <Button
          aria-label="Next page"
          disabled={page >= last}
          onClick={() => setPage(page + 1)}
          icon={<ChevronRight size={14} aria-hidden />}
        />
      </span>
    </nav>
  );
}
