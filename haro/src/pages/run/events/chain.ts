/** What came of what: events by the event that each answers. */
import type { Schemas } from "~/api/types";

export type LogEvent = Schemas["EventResponse"];

export interface Link {
  event: LogEvent;
  answers: Link[];
}

/** Trees of events, in their order. One whose cause is not among them begins a tree of its own. */
export function chains(events: LogEvent[]): Link[] {
  const links = new Map(events.map((event) => [event.id, { event, answers: [] as Link[] }]));
  const roots: Link[] = [];
  for (const link of links.values()) {
    const cause = link.event.causation_id === link.event.id ? undefined : links.get(link.event.causation_id ?? "");
    (cause?.answers ?? roots).push(link);
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
