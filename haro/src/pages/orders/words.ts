/** Orders as people say them. */
import type { Order, OrderStatus, Path, Schemas } from "~/api/types";
import { exact } from "~/format/figures";

export type OrderDetail = Schemas["OrderDetailResponse"];

/** What is another once an order was changed. */
export const STALE: readonly Path[] = ["/api/v1/orders", "/api/v1/orders/{order_id}", "/api/v1/events"];

export const STATUSES: readonly OrderStatus[] = [
  "pending",
  "submitting",
  "submitted",
  "accepted",
  "partial",
  "filled",
  "cancelled",
  "rejected",
  "expired",
];
const OVER: readonly OrderStatus[] = ["filled", "cancelled", "rejected", "expired"];

export const isOver = ({ status }: Order): boolean => OVER.includes(status);

/** Whether it can still be changed: not over, of an account, and not on its way out. */
export const isChangeable = (order: Order): boolean => !isOver(order) && order.account != null && !order.cancel_asked;

export function amountOf({ quantity, notional }: Order): string {
  return quantity === null && notional ? `for ${exact(notional, 2)}` : exact(quantity);
}

/** `buy 10 AAPL`. */
export const titleOf = (order: Order): string => `${order.side} ${amountOf(order)} ${order.symbol}`;

/** What it asks of the price: `limit 190.5`, `trails 2 %`. */
export function priceOf(order: Order): string {
  const said = [
    order.stop_price && `stop ${exact(order.stop_price, 2)}`,
    order.limit_price && `limit ${exact(order.limit_price, 2)}`,
    !order.stop_price && order.stop_percent && `stop ${exact(order.stop_percent)} % from its entry`,
    !order.limit_price && order.limit_percent && `limit ${exact(order.limit_percent)} % from its entry`,
    order.trail && `trails ${exact(order.trail, 2)}`,
    order.trail_percent && `trails ${exact(order.trail_percent)} %`,
  ].filter(Boolean);
  return said.length > 0 ? said.join(", ") : order.order_type.replace("_", " ");
}

export const WAITS: Record<Schemas["WaitsFor"], string> = {
  entry: "its entry has not filled",
  cancels: "orders on the other side are being cancelled",
  close: "what closes the position goes first",
  open: "the market is closed",
  split: "a split is being taken in",
  stream: "the stream of orders does not stand",
};
