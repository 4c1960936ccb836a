/** What each symbol brought. */
import type { ColumnDef } from "@tanstack/react-table";

import { count, percent } from "~/format/figures";
import { Panel } from "~/ui/pages/Panel";
import { PagedRows } from "~/ui/tables/PagedRows";
import { Money, Pnl } from "~/ui/values/Figure";

import type { ReportData, SymbolRow } from "./data";

const numeric = { numeric: true };
const COLUMNS: ColumnDef<SymbolRow>[] = [
  { id: "symbol", header: "Symbol", meta: { sort: "symbol" }, cell: ({ row }) => row.original.symbol },
  {
    id: "pnl",
    header: "Profit of closed trades",
    meta: { ...numeric, sort: "pnl" },
    cell: ({ row }) => <Pnl value={row.original.pnl} />,
  },
  {
    id: "trades",
    header: "Trades",
    meta: { ...numeric, sort: "trades" },
    cell: ({ row }) => count(row.original.trades),
  },
  {
    id: "won",
    header: "Won",
    meta: { ...numeric, sort: "won" },
    cell: ({ row: { original } }) => percent(original.trades ? original.wins / original.trades : null),
  },
  {
    id: "commission",
    header: "Commission",
    meta: { ...numeric, wide: true },
    cell: ({ row }) => <Money value={row.original.commission} />,
  },
];
const BY = {
  symbol: (row: SymbolRow) => row.symbol,
  pnl: (row: SymbolRow) => Number(row.pnl),
  trades: (row: SymbolRow) => row.trades,
  won: (row: SymbolRow) => (row.trades ? row.wins / row.trades : -1),
};

export function Symbols({ data }: { data: ReportData }) {
  return (
    <Panel title="Profit by symbol" flush>
      <PagedRows caption="Profit by symbol" columns={COLUMNS} rows={data.bySymbol} by={BY} />
    </Panel>
  );
}
