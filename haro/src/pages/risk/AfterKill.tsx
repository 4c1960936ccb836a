/** While the kill switch is on: what it cancelled, what still works, and what is still held. */
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Order, Schemas } from "~/api/types";
import { exact } from "~/format/figures";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge, OrderStatusBadge, SideBadge } from "~/ui/values/Badge";
import { Exact, Money } from "~/ui/values/Figure";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

const OPEN = ["pending", "submitting", "submitted", "accepted", "partial"] as const;
/** What the server writes as the reason of what the switch cancels. */
const KILLED = /kill switch/;

export function AfterKill() {
  return (
    <div className="grid gap-4 xl:grid-cols-3">
      <Cancelled />
      <Working />
      <Held />
    </div>
  );
}

const Title = ({ children }: { children: string }) => <h3 className="mb-1 text-table font-medium">{children}</h3>;
const None = ({ children }: { children: string }) => <p className="text-table text-soft">{children}</p>;

const ORDERS: RowsColumn<Order>[] = [
  {
    header: "Order",
    cell: ({ id, symbol }) => (
      <Link to={`/orders/${id}`} className="text-accent hover:underline">
        {symbol}
      </Link>
    ),
  },
  { header: "Side", cell: ({ side }) => <SideBadge side={side} /> },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Status", cell: ({ status }) => <OrderStatusBadge status={status} /> },
];

/** Orders that ended with the switch's reason since it was turned on last. */
function Cancelled() {
  const turned = api.useQuery("get", "/api/v1/events", {
    params: { query: { type: ["risk.KillSwitchOn"], newest_first: true, page_size: 1 } },
  });
  const after = turned.data?.items[0]?.seq ?? 0;
  const events = api.useQuery(
    "get",
    "/api/v1/events",
    { params: { query: { type: ["orders.Cancelled"], after, page_size: 200 } } },
    { enabled: turned.isSuccess },
  );
  return (
    <section>
      <Title>Cancelled by it</Title>
      <Answer of={events} loading={<Skeleton className="h-16" />}>
        {({ items }) => {
          const killed = items.map(({ payload }) => payload).filter(({ reason }) => KILLED.test(String(reason)));
          return killed.length === 0 ? (
            <None>It found no entry to cancel, or the venue has not confirmed its end yet.</None>
          ) : (
            <Rows caption="Cancelled" columns={CANCELLED} rows={killed} rowKey={({ order_id: id }) => String(id)} />
          );
        }}
      </Answer>
    </section>
  );
}

type Payload = Schemas["EventResponse"]["payload"];
const CANCELLED: RowsColumn<Payload>[] = [
  {
    header: "Order",
    cell: ({ order_id: id, symbol }) => (
      <Link to={`/orders/${String(id)}`} className="text-accent hover:underline">
        {String(symbol)}
      </Link>
    ),
  },
  { header: "Side", cell: ({ side }) => <SideBadge side={side === "sell" ? "sell" : "buy"} /> },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => exact(quantity as string | null) },
];

function Working() {
  const orders = api.useQuery("get", "/api/v1/orders", {
    params: { query: { mode: ["paper", "live"], status: [...OPEN], sort: "-placed_at", page_size: 100 } },
  });
  return (
    <section>
      <Title>Still working: exits</Title>
      <Answer of={orders} loading={<Skeleton className="h-16" />}>
        {({ items }) =>
          items.length === 0 ? (
            <None>No order works.</None>
          ) : (
            <Rows caption="Still working" columns={ORDERS} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answer>
    </section>
  );
}

const POSITIONS: RowsColumn<Schemas["AccountPosition"]>[] = [
  {
    header: "Held",
    cell: ({ symbol, mode }) => (
      <span className="flex items-center gap-2">
        {symbol} <ModeBadge mode={mode} />
      </span>
    ),
  },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Value", numeric: true, cell: ({ market_value: value }) => <Money value={value} /> },
];

function Held() {
  const positions = api.useQuery("get", "/api/v1/positions", { params: { query: { page_size: 200 } } });
  return (
    <section>
      <Title>Still held</Title>
      <Answer of={positions} loading={<Skeleton className="h-16" />}>
        {({ items }) =>
          items.length === 0 ? (
            <None>Nothing is held.</None>
          ) : (
            <Rows caption="Still held" columns={POSITIONS} rows={items} rowKey={(one) => one.account + one.symbol} />
          )
        }
      </Answer>
    </section>
  );
}
