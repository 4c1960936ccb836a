/** The columns of tables of orders. */
import type { ColumnDef } from "@tanstack/react-table";
import { Link } from "react-router";

import type { Order } from "~/api/types";
import { ModeBadge, OrderStatusBadge, SideBadge } from "~/ui/values/Badge";
import { Exact, Price } from "~/ui/values/Figure";
import { Ago, Moment } from "~/ui/values/Time";

import { amountOf, isOver, priceOf } from "./words";

export const COLUMNS: ColumnDef<Order>[] = [
  {
    id: "placed_at",
    header: "Placed",
    meta: { sort: "placed_at" },
    cell: ({ row: { original: order } }) => (
      <Link to={`/orders/${order.id}`} className="text-accent hover:underline">
        <span className="max-md:hidden">
          <Moment at={order.placed_at} />
        </span>
        <span className="md:hidden">
          <Ago at={order.placed_at} />
        </span>
      </Link>
    ),
  },
  {
    id: "mode",
    header: "Mode",
    meta: { wide: true },
    cell: ({ row: { original: order } }) => <ModeBadge mode={order.mode ?? "backtest"} />,
  },
  {
    id: "symbol",
    header: "Symbol",
    meta: { sort: "symbol" },
    cell: ({ row: { original: order } }) => <span className="font-medium">{order.symbol}</span>,
  },
  {
    id: "side",
    header: "Side",
    meta: { sort: "side" },
    cell: ({ row: { original: order } }) => <SideBadge side={order.side} />,
  },
  {
    id: "quantity",
    header: "Quantity",
    meta: { numeric: true, sort: "quantity" },
    cell: ({ row: { original: order } }) => amountOf(order),
  },
  {
    id: "price",
    header: "At",
    meta: { numeric: true, wide: true },
    cell: ({ row: { original: order } }) => priceOf(order),
  },
  {
    id: "filled",
    header: "Filled",
    meta: { numeric: true, wide: true, sort: "filled_quantity" },
    cell: ({ row: { original: order } }) => <Exact value={order.filled_quantity} />,
  },
  {
    id: "average",
    header: "Average price",
    meta: { numeric: true, wide: true },
    cell: ({ row: { original: order } }) => <Price value={order.average_price} />,
  },
  {
    id: "status",
    header: "Status",
    meta: { sort: "status" },
    cell: ({ row: { original: order } }) => (
      <span title={order.reason ?? undefined}>
        <OrderStatusBadge status={order.status} />
        {order.cancel_asked && !isOver(order) && <span className="text-soft"> · cancelling</span>}
      </span>
    ),
  },
  {
    id: "whose",
    header: "Of",
    meta: { wide: true },
    cell: ({ row: { original: order } }) =>
      order.run_id ? (
        <Link to={`/runs/${order.run_id}`} className="text-accent hover:underline">
          run
        </Link>
      ) : (
        "by hand"
      ),
  },
];
