/** The venues that Weaver knows, in each mode: how they stand, and which of their settings are set. */
import { Check, X } from "lucide-react";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge } from "~/ui/values/Badge";
import { Panel } from "~/ui/pages/Panel";

import { VenueState } from "./VenueState";

export function Venues() {
  const venues = api.useQuery("get", "/api/v1/venues");
  return (
    <Panel title="Venues and feeds" flush>
      <Answer of={venues} loading={<Skeleton className="m-3 h-32" />}>
        {({ items, reason }) =>
          items.length === 0 ? (
            <Empty title="There are no venues.">{reason}</Empty>
          ) : (
            <ul className="divide-y divide-line/60">
              {items.map((venue) => (
                <VenueItem key={`${venue.id} ${venue.mode}`} venue={venue} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  );
}

function VenueItem({ venue }: { venue: Schemas["VenueDetail"] }) {
  const settings = Object.entries(venue.settings);
  return (
    <li className="flex flex-col gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{venue.title}</span>
        <ModeBadge mode={venue.mode === "live" ? "live" : "paper"} />
        <VenueState venue={venue} />
      </div>
      <p className="text-table text-soft">
        {venue.description} Trades {venue.asset_classes.join(", ")}.
        {venue.clock_ahead_seconds !== null && ` Its clock is ${venue.clock_ahead_seconds.toFixed(1)} s ahead.`}
      </p>
      {settings.length > 0 && (
        <details className="text-table">
          <summary className="cursor-pointer text-soft hover:text-ink">
            Its settings: {settings.filter(([, isSet]) => isSet).length} of {settings.length} are set
          </summary>
          <ul className="mt-2 grid gap-x-6 gap-y-1 sm:grid-cols-2">
            {settings.map(([name, isSet]) => (
              <li key={name} className="flex items-center gap-1.5">
                {isSet ? (
                  <Check size={14} aria-hidden className="text-gain" />
                ) : (
                  <X size={14} aria-hidden className="text-faint" />
                )}
                <code className="font-mono text-label wrap-anywhere">{name}</code>
                <span className="text-soft">{isSet ? "set" : "not set"}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
