/** What came of what: events by the event that each answers. */
import type { Schemas } from "~/api/types";

export type LogEvent = Schemas["EventResponse"];

export interface Link {
  event: LogEvent;
  answers: Link[];
}

/** The order that an event is about. */
export function orderOf({ payload }: LogEvent): string | undefined {
  return typeof payload.order_id === "string" ? payload.order_id : undefined;
}

/**
 * Trees of events, in their order. What a venue tells of an order answers nothing that was said before: it hangs where the
 * order was placed. One whose cause is not among them begins a tree of its own.
 */
export function chains(events: LogEvent[]): Link[] {
  const links = new Map(events.map((event) => [event.id, { event, answers: [] as Link[] }]));
  const placed = new Map<string | undefined, Link>();
  const roots: Link[] = [];
  for (const link of links.values()) {
    const { id, type, causation_id: cause } = link.event;
    const isOfOrder = !cause && type.startsWith("orders.");
    const before = cause === id ? undefined : isOfOrder ? placed.get(orderOf(link.event)) : links.get(cause ?? "");
    (before?.answers ?? roots).push(link);
    if (type === "live.PlaceOrder") placed.set(orderOf(link.event), link);
  }
  return roots;
}

/** What happened, in a few words: those parts of a payload that a person looks for. */
export function gist({ payload }: LogEvent): string {
  const words = [
    "side",
    "quantity",
    "symbol",
    "order_type",
    "stage",
    "status",
    "rule",
    "reason",
    "error",
    "text",
    "name",
  ];
  const said = words
    .map((word) => payload[word])
    .filter((value) => typeof value === "string" || typeof value === "number");
  const price = payload.price ?? payload.limit_price;
  return [...said, typeof price === "string" ? `at ${price}` : ""].filter(Boolean).join(" ");
}

/** When it happened: in the run's time, where its payload says so. */
export function happened({ payload, ts }: LogEvent): string {
  const time = payload.time ?? payload.timestamp ?? payload.filled_at ?? payload.at;
  return typeof time === "string" && !Number.isNaN(Date.parse(time)) ? time : ts;
}
