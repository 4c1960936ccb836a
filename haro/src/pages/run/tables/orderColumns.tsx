/** The columns of a run's orders and fills. */
import type { ColumnDef } from "@tanstack/react-table";

import type { Fill, Order, RunDetail } from "~/api/types";
import { count } from "~/format/figures";
import { OrderStatusBadge, SideBadge } from "~/ui/values/Badge";
import { Exact, Money, Price } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { finest } from "../useRun";

type Meta<T> = NonNullable<ColumnDef<T>["meta"]>;

function columnOf<T>(
  sort: string | null,
  header: string,
  cell: (row: T) => React.ReactNode,
  meta: Meta<T> = {},
): ColumnDef<T> {
  return {
    id: `${sort ?? ""} ${header}`,
    header,
    meta: { ...(sort ? { sort } : {}), ...meta },
    cell: ({ row }) => cell(row.original),
  };
}

/** Of a run on one symbol it would say the same in each row. */
const symbolOf = <T extends { symbol: string }>(run: RunDetail): ColumnDef<T>[] =>
  run.symbols.length > 1
    ? [columnOf("symbol", "Symbol", ({ symbol }) => <span className="font-medium">{symbol}</span>)]
    : [];

const numeric = { numeric: true };
const wide = { numeric: true, wide: true };

export const orderColumns = (run: RunDetail): ColumnDef<Order>[] => [
  columnOf("number", "No.", ({ number }) => <span className="figure">{count(number)}</span>, { wide: true }),
  columnOf("placed_at", "Placed", ({ placed_at }) => <Moment at={placed_at} to={finest(run)} />),
  ...symbolOf<Order>(run),
  columnOf("side", "Side", ({ side }) => <SideBadge side={side} />),
  columnOf("order_type", "Type", ({ order_type }) => order_type.replaceAll("_", " "), { wide: true }),
  columnOf("quantity", "Quantity", ({ quantity }) => <Exact value={quantity} />, numeric),
  columnOf(
    null,
    "Limit or stop",
    ({ limit_price, stop_price }) => (
      <>
        {(limit_price ?? stop_price) ? <Exact value={limit_price ?? stop_price} least={2} /> : ""}
        {limit_price && stop_price && (
          <span className="text-soft">
            {" "}
            / <Exact value={stop_price} least={2} />
          </span>
        )}
      </>
    ),
    wide,
  ),
  columnOf("time_in_force", "In force", ({ time_in_force }) => time_in_force, { wide: true }),
  columnOf("filled_quantity", "Filled", ({ filled_quantity }) => <Exact value={filled_quantity} />, wide),
  columnOf("average_price", "Average", ({ average_price }) => <Price value={average_price} />, wide),
  columnOf("status", "Status", ({ status, reason }) => (
    <span className="flex flex-col">
      <OrderStatusBadge status={status} />
      {reason && (
        <span className="max-w-72 text-label text-soft wrap-anywhere max-md:line-clamp-3" title={reason}>
          {reason}
        </span>
      )}
    </span>
  )),
];

export const fillColumns = (run: RunDetail): ColumnDef<Fill>[] => [
  columnOf("filled_at", "Filled", ({ filled_at }) => <Moment at={filled_at} to={finest(run)} />),
  ...symbolOf<Fill>(run),
  columnOf("side", "Side", ({ side }) => <SideBadge side={side} />),
  columnOf("quantity", "Quantity", ({ quantity }) => <Exact value={quantity} />, numeric),
  columnOf("price", "Price", ({ price }) => <Price value={price} />, numeric),
  columnOf("commission", "Commission", ({ commission }) => <Money value={commission} />, wide),
  columnOf("slippage", "Slippage a unit", ({ slippage }) => <Exact value={slippage} />, wide),
  columnOf(null, "Notes", ({ notes }) => notes.join(", ").replaceAll("_", " "), { wide: true }),
];
