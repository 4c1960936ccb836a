/** The columns of a table of round trips. */
import type { ColumnDef } from "@tanstack/react-table";

import type { RunDetail, Trade } from "~/api/types";
import { count } from "~/format/figures";
import { SideBadge } from "~/ui/values/Badge";
import { Exact, Money, Pnl, Price, Return } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { finest } from "../useRun";

type Column = ColumnDef<Trade>;
type Meta = NonNullable<Column["meta"]>;

function column(sort: string, header: string, cell: (trade: Trade) => React.ReactNode, meta: Meta = {}): Column {
  return { id: sort, header, meta: { sort, ...meta }, cell: ({ row }) => cell(row.original) };
}

const numeric = { numeric: true };
const wide = { numeric: true, wide: true };

/** `toChart` makes the number a button: what a click on the row does, for the keyboard. */
export const tradeColumns = (run: RunDetail, toChart: (trade: Trade) => void): Column[] => [
  column("number", "No.", (trade) => (
    <button
      type="button"
      onClick={(event) => {
        event.stopPropagation();
        toChart(trade);
      }}
      title="Show it on the chart"
      className="figure text-accent hover:underline"
    >
      {count(trade.number)}
    </button>
  )),
  ...(run.symbols.length > 1
    ? [column("symbol", "Symbol", ({ symbol }) => <span className="font-medium">{symbol}</span>, { wide: true })]
    : []),
  column("side", "Side", ({ side }) => <SideBadge side={side} />),
  column("quantity", "Quantity", ({ quantity }) => <Exact value={quantity} />, wide),
  column("entry_time", "Entry", ({ entry_time }) => <Moment at={entry_time} to={finest(run)} />),
  column("entry_price", "at", ({ entry_price }) => <Price value={entry_price} />, wide),
  column("exit_time", "Exit", ({ exit_time }) => <Moment at={exit_time} to={finest(run)} />, { wide: true }),
  column("exit_price", "at", ({ exit_price }) => <Price value={exit_price} />, wide),
  column("pnl", "P&L", ({ pnl }) => <Pnl value={pnl} />, numeric),
  column("return", "Return", (trade) => <Return value={trade.return} />, numeric),
  column("bars", "Bars", ({ bars }) => count(bars), wide),
  column("mae", "Worst", ({ mae }) => <Return value={mae} />, wide),
  column("mfe", "Best", ({ mfe }) => <Return value={mfe} />, wide),
  column("commission", "Commission", ({ commission }) => <Money value={commission} />, wide),
];
