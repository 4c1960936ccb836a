/** How a venue and its streams stand, in words and colours. */
import type { Schemas } from "~/api/types";
import { cx } from "~/ui/cx";

const DOT = { connected: "bg-gain", idle: "bg-faint", down: "bg-loss" };

function Light({ tone, text }: { tone: string; text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-table whitespace-nowrap">
      <span aria-hidden className={cx("size-2 rounded-full", tone)} />
      {text}
    </span>
  );
}

export function VenueState({ venue: { state, feeds, problem } }: { venue: Schemas["VenueDetail"] }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
      <Light tone={DOT[state]} text={state} />
      {Object.entries(feeds).map(([feed, stands]) => (
        <Light
          key={feed}
          tone={stands ? "bg-gain" : "bg-warn"}
          text={`${feed.replace("_", " ")} ${stands ? "stream" : "stream is stale"}`}
        />
      ))}
      {problem && <span className="text-table text-warn wrap-anywhere">{problem}</span>}
    </span>
  );
}
