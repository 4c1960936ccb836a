/** Every closed trade, linked to the chart; and what filled. */
import type { ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";

import { count, counted } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { PagedRows } from "~/ui/tables/PagedRows";
import { SideBadge } from "~/ui/values/Badge";
import { Exact, Money, Pnl, Price, Return } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { fillsCsv, save, tradesCsv } from "./csv";
import { iso, type ReportData, type TradeColumns } from "./data";
import { SaveButton } from "./SaveButton";
import { Whole } from "./Whole";

interface TradesPartProps {
  data: ReportData;
  lit: number | null;
  onLit: (row: number | null) => void;
  onHover: (row: number | null) => void;
}

export function TradesPart({ data, lit, onLit, onHover }: TradesPartProps) {
  const { trades, fills } = data;
  const rows = useMemo(() => trades.number.map((_, row) => row), [trades]);
  const columns = useMemo(() => columnsOf(data, onLit), [data, onLit]);
  const by = useMemo(() => sortsOf(trades), [trades]);
  const kept = fills.order_id.length;
  return (
    <Panel
      title={`Trades (${count(trades.count)}), ${counted(fills.count, "fill")}`}
      flush
      actions={
        <>
          <SaveButton what="trades" onSave={() => save(`${data.strategy}-trades.csv`, tradesCsv(data))}>
            Trades as CSV
          </SaveButton>
          <SaveButton what="fills" onSave={() => save(`${data.strategy}-fills.csv`, fillsCsv(data))}>
            Fills as CSV
          </SaveButton>
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty title="No trade was closed" />
      ) : (
        <PagedRows
          caption="Table of trades"
          columns={columns}
          rows={rows}
          by={by}
          rowClass={(row) => row === lit && "bg-accent/15"}
          onRowClick={(row) => isDrawn(data, row) && onLit(row)}
          onRowHover={onHover}
        />
      )}
      {(rows.length < trades.count || kept < fills.count) && (
        <p className="px-4 py-2 text-label text-faint">
          The page has the {count(rows.length)} trades with the largest results, and the first {count(kept)} fills:{" "}
          <Whole mode={data.mode} /> has all.
        </p>
      )}
    </Panel>
  );
}

/** Whether the page has the prices of a trade's symbol, to show it among. */
function isDrawn({ trades, charts }: ReportData, row: number): boolean {
  return (trades.symbol[row] ?? "") in charts;
}

function columnsOf(data: ReportData, onLit: (row: number) => void): ColumnDef<number>[] {
  const { trades, isDaily } = data;
  const [wide, numeric, to] = [{ numeric: true, wide: true }, { numeric: true }, isDaily ? "day" : "minute"] as const;
  const column = (id: string, header: string, cell: (row: number) => React.ReactNode, meta: object = {}) => ({
    id,
    header,
    meta: { sort: id, ...meta },
    cell: ({ row }: { row: { original: number } }) => cell(row.original),
  });
  const number = (row: number) =>
    isDrawn(data, row) ? (
      <button
        type="button"
        aria-label={`Show trade ${trades.number[row] ?? ""} on the chart`}
        className="text-accent hover:underline"
        onClick={(event) => {
          event.stopPropagation();
          onLit(row);
        }}
      >
        {trades.number[row]}
      </button>
    ) : (
      trades.number[row]
    );
  return [
    column("number", "No.", number),
    column("symbol", "Symbol", (row) => trades.symbol[row], { wide: data.symbols.length < 2 }),
    column("side", "Side", (row) => <SideBadge side={trades.side[row] ?? "long"} />, { wide: true }),
    column("quantity", "Quantity", (row) => <Exact value={trades.quantity[row]} />, wide),
    column("entry_time", "Entry", (row) => <Moment at={iso(trades.entry_time[row] ?? 0)} to={to} />),
    column("entry_price", "at", (row) => <Price value={trades.entry_price[row]} />, wide),
    column(
      "exit_time",
      "Exit",
      (row) => (
        <>
          <Moment at={iso(trades.exit_time[row] ?? 0)} to={to} />
          {trades.delisted[row] && <span className="text-label text-soft"> delisted</span>}
        </>
      ),
      { wide: true },
    ),
    column("exit_price", "at", (row) => <Price value={trades.exit_price[row]} />, wide),
    column("pnl", "P&L", (row) => <Pnl value={trades.pnl[row]} />, numeric),
    column("return", "Return", (row) => <Return value={trades.return[row]} />, numeric),
    column("bars", "Bars", (row) => count(trades.bars[row]), wide),
    column("mae", "Worst", (row) => <Return value={trades.mae[row]} />, { numeric: true, wide: "very" }),
    column("mfe", "Best", (row) => <Return value={trades.mfe[row]} />, { numeric: true, wide: "very" }),
    column("commission", "Commission", (row) => <Money value={trades.commission[row]} />, {
      numeric: true,
      wide: "very",
    }),
  ];
}

/** What the columns are sorted by. */
function sortsOf(trades: TradeColumns): Record<string, (row: number) => number | string> {
  const amounts = ["quantity", "entry_price", "exit_price", "pnl", "commission"] as const;
  const plain = ["number", "symbol", "side", "entry_time", "exit_time", "return", "bars", "mae", "mfe"] as const;
  return Object.fromEntries([
    ...amounts.map((name) => [name, (row: number) => Number(trades[name][row])] as const),
    ...plain.map((name) => [name, (row: number) => trades[name][row] ?? 0] as const),
  ]);
}
