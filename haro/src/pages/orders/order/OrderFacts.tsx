/** What an order asks, and where it stands. */
import type { ReactNode } from "react";
import { Link } from "react-router";

import { SideBadge } from "~/ui/values/Badge";
import { Facts } from "~/ui/values/Facts";
import { Exact, Price } from "~/ui/values/Figure";
import { RunName } from "~/ui/values/RunName";
import { Moment } from "~/ui/values/Time";

import { ORDER_CLASSES, TIMES } from "~/pages/orders/placing/draft";
import { amountOf, type OrderDetail, priceOf, WAITS } from "../words";

export function OrderFacts({ order }: { order: OrderDetail }) {
  return (
    <div className="flex flex-col gap-4">
      {order.reason && (
        <p className={order.status === "rejected" ? "text-loss" : "text-soft"}>
          {order.status}: {order.reason}
        </p>
      )}
      {order.waits_for && <p className="text-warn">Not sent yet: {WAITS[order.waits_for]}.</p>}
      {order.cancel_asked && !order.reason && <p className="text-warn">To be cancelled: {order.cancel_asked}</p>}
      <Facts
        facts={[
          { name: "Side", value: <SideBadge side={order.side} /> },
          { name: "Quantity", value: amountOf(order) },
          { name: "Filled", value: <Exact value={order.filled_quantity} /> },
          { name: "Average price", value: <Price value={order.average_price} /> },
          { name: "Price", value: priceOf(order) },
          { name: "Works", value: TIMES[order.time_in_force] + (order.expires ? ` ${order.expires}` : "") },
          order.expires_at != null && { name: "Ends", value: <Moment at={order.expires_at} /> },
          order.order_class !== "simple" && { name: "With others", value: ORDER_CLASSES[order.order_class] },
          order.extended_hours && { name: "Hours", value: "outside the regular session too" },
          order.reduces != null && { name: "Does", value: order.reduces ? "only reduces a position" : "may add risk" },
          { name: "Account", value: order.account ?? "a backtest's" },
          { name: "Placed", value: <Moment at={order.placed_at} /> },
          { name: "By", value: order.run_id ? <RunName id={order.run_id} /> : "hand" },
          order.parent_id !== null && { name: "Leg of", value: <OrderLink id={order.parent_id}>its entry</OrderLink> },
          order.replaces != null && {
            name: "Replaces",
            value: <OrderLink id={order.replaces}>an earlier order</OrderLink>,
          },
          order.replaced_by !== null && {
            name: "Replaced by",
            value: <OrderLink id={order.replaced_by}>another order</OrderLink>,
          },
          order.client_order_id !== order.id && { name: "Own id", value: <Code>{order.client_order_id}</Code> },
          { name: "Id", value: <Code>{order.id}</Code> },
        ]}
      />
    </div>
  );
}

const Code = ({ children }: { children: ReactNode }) => <code className="font-mono text-label">{children}</code>;

function OrderLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to={`/orders/${id}`} className="text-accent hover:underline">
      {children}
    </Link>
  );
}
