/** The exits of an entry. */
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Order } from "~/api/types";
import { OrderStatusBadge, SideBadge } from "~/ui/values/Badge";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

import { amountOf, priceOf } from "../words";

const COLUMNS: RowsColumn<Order>[] = [
  {
    header: "Order",
    cell: (leg) => (
      <Link to={`/orders/${leg.id}`} className="text-accent hover:underline">
        {priceOf(leg)}
      </Link>
    ),
  },
  { header: "Side", cell: ({ side }) => <SideBadge side={side} /> },
  { header: "Quantity", numeric: true, cell: amountOf },
  { header: "Status", cell: ({ status }) => <OrderStatusBadge status={status} /> },
];

export function Legs({ order }: { order: Order }) {
  const legs = api.useQuery("get", "/api/v1/orders", {
    params: { query: { parent_id: [order.id], run_id: order.run_id, page_size: 50 } },
  }).data?.items;
  if (!legs || legs.length === 0) return null;
  return (
    <Panel title="Its exits" flush>
      <Rows caption="Exits" columns={COLUMNS} rows={legs} rowKey={({ id }) => id} />
    </Panel>
  );
}
