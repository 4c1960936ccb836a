/** A short table that is there as a whole; what the server cuts into pages is a DataTable. */
import type { ReactNode } from "react";

import { cx } from "../cx";
import { hidden, type Wide } from "../wide";

export interface RowsColumn<T> {
  header: ReactNode;
  cell: (row: T) => ReactNode;
  /** Figures are right-aligned. */
  numeric?: boolean;
  wide?: Wide;
}

interface RowsProps<T> {
  caption: string;
  columns: RowsColumn<T>[];
  rows: T[];
  rowKey: (row: T) => string;
}

export function Rows<T>({ caption, columns, rows, rowKey }: RowsProps<T>) {
  const look = ({ numeric, wide }: RowsColumn<T>) => cx(numeric && "text-right", hidden(wide));
  return (
    // A region that scrolls has to be reached with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="overflow-x-auto" role="region" aria-label={`Table: ${caption}`} tabIndex={0}>
      <table className="w-full border-collapse text-table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-left text-label text-soft">
            {columns.map((column, at) => (
              <th
                key={at}
                scope="col"
                className={cx(
                  "px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4 max-md:px-1.5",
                  look(column),
                )}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line/60 last:border-0">
              {columns.map((column, at) => (
                <td
                  key={at}
                  className={cx(
                    "px-3 py-2 align-middle first:pl-4 last:pr-4 max-md:px-1.5 compact:py-1",
                    column.numeric && "figure",
                    look(column),
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
