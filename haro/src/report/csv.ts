/** Tables of a report as CSV, with the columns of `weaver backtest --json`; the browser saves them. */
import { type FirstScreen, instants, iso, type ReportData } from "./data";

type Cell = string | number | null;

export function tradesCsv({ trades }: ReportData): string {
  const { delisted, ...rest } = trades;
  const names = [
    ...["number", "symbol", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "pnl"],
    ...["return", "commission", "bars", "mae", "mfe"],
  ] as (keyof Omit<typeof rest, "count">)[];
  return csv(
    [...names, "delisted"],
    delisted.map((gone, at) => [...names.map((name) => told(name, rest[name][at] ?? null)), String(gone)]),
  );
}

export function fillsCsv({ fills: columns }: ReportData): string {
  const names = ["order_id", "symbol", "side", "quantity", "price", "commission", "slippage", "timestamp"] as const;
  return csv(
    [...names],
    columns.order_id.map((_id, at) => names.map((name) => told(name, columns[name][at] ?? null))),
  );
}

export function equityCsv({ curve }: FirstScreen): string {
  const held = curve.benchmark;
  return csv(
    ["timestamp", "equity", "cash", ...(held ? ["benchmark"] : [])],
    instants(curve.time).map((time, at) => [
      iso(time),
      curve.equity[at] ?? null,
      curve.cash[at] ?? null,
      ...(held ? [held[at] ?? null] : []),
    ]),
  );
}

const told = (name: string, value: Cell): Cell =>
  name.includes("time") && typeof value === "number" ? iso(value) : value;

function csv(names: string[], rows: Cell[][]): string {
  return [names, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Have the browser save a text as a file. */
export function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
