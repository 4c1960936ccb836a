/** What happened to an order, in its order: the events of the log; of a backtest what its record says. */
import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { exact } from "~/format/figures";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { Moment } from "~/ui/values/Time";

import type { OrderDetail } from "../words";

interface Step {
  key: string;
  at: string | null;
  what: string;
  why?: string | undefined;
}

export function LifeCycle({ order }: { order: OrderDetail }) {
  if (order.account == null) return <Steps steps={recorded(order)} />;
  return <Logged order={order} />;
}

function Logged({ order }: { order: OrderDetail }) {
  const events = api.useQuery("get", "/api/v1/events", {
    params: { query: { order_id: order.id, run_id: order.run_id, type: ["orders.*", "risk.Refused"], page_size: 200 } },
  });
  return (
    <Answer of={events} loading={<Skeleton className="h-32" />}>
      {({ items }) => <Steps steps={items.length > 0 ? items.map(step) : recorded(order)} />}
    </Answer>
  );
}

function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol className="flex flex-col gap-3 border-l border-line pl-4">
      {steps.map(({ key, at, what, why }) => (
        <li key={key} className="relative">
          <span aria-hidden className="absolute top-1.5 -left-[1.31rem] size-2 rounded-full bg-accent" />
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium">{what}</span>
            <span className="text-label text-soft">
              <Moment at={at} />
            </span>
          </p>
          {why && <p className="text-table text-soft wrap-anywhere">{why}</p>}
        </li>
      ))}
    </ol>
  );
}

const WORDS: Record<string, string> = {
  "orders.Created": "Written down",
  "orders.Submitted": "Sent to the venue",
  "orders.Accepted": "Works at the venue",
  "orders.PartiallyFilled": "Filled in part",
  "orders.Filled": "Filled",
  "orders.Cancelled": "Cancelled",
  "orders.Rejected": "Rejected",
  "orders.Expired": "Expired",
  "orders.Replaced": "Replaced",
  "orders.Warned": "To be looked at",
  "risk.Refused": "Refused by the risk gate",
};

function step({ id, type, payload, ts }: Schemas["EventResponse"]): Step {
  const text = (name: string) => (typeof payload[name] === "string" ? payload[name] : undefined);
  const price = text("price");
  const why = price ? `${exact(text("fill_quantity") ?? text("quantity"))} at ${exact(price, 2)}` : text("reason");
  return { key: id, at: text("time") ?? ts, what: WORDS[type] ?? type, why };
}

function recorded(order: OrderDetail): Step[] {
  const fills = order.fills.map((fill) => ({
    key: fill.id,
    at: fill.filled_at,
    what: "Filled",
    why: `${exact(fill.quantity)} at ${exact(fill.price, 2)}`,
  }));
  const isMore = ["cancelled", "rejected", "expired"].includes(order.status);
  return [
    { key: "placed", at: order.placed_at, what: "Placed" },
    ...fills,
    ...(isMore ? [{ key: "end", at: order.updated_at, what: order.status, why: order.reason ?? undefined }] : []),
  ];
}
