/** A short list as a table: all of it is there, nothing sorts or pages. */
import type { ReactNode } from "react";

import { cx } from "./cx";

interface SimpleTableProps<T> {
  caption: string;
  rows: T[];
  rowKey: (row: T) => string;
  columns: { header: string; numeric?: boolean; cell: (row: T) => ReactNode }[];
}

export function SimpleTable<T>({ caption, rows, rowKey, columns }: SimpleTableProps<T>) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached
    <div className="overflow-x-auto" role="region" aria-label={caption} tabIndex={0}>
      <table className="w-full border-collapse text-table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-left text-label text-soft">
            {columns.map(({ header, numeric }) => (
              <th
                key={header}
                scope="col"
                className={cx("px-3 py-2 font-medium whitespace-nowrap", numeric && "text-right")}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line/60 last:border-0">
              {columns.map(({ header, numeric, cell }) => (
                <td key={header} className={cx("px-3 py-2 compact:py-1", numeric && "figure text-right")}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
