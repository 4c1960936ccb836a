/** Venues that are in use, and their feeds. */
import { api } from "~/api/client";
import { VenueState } from "~/pages/settings/VenueState";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge } from "~/ui/values/Badge";
import { ButtonLink } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";

export function VenuesHealth() {
  const venues = api.useQuery("get", "/api/v1/venues");
  return (
    <Panel
      title="Venues and feeds"
      actions={
        <ButtonLink kind="quiet" to="/settings">
          All
        </ButtonLink>
      }
      flush
    >
      <Answer of={venues} loading={<Skeleton className="m-3 h-16" />}>
        {({ items, reason }) => {
          const used = items.filter(({ state, of_run: isOfRun }) => state !== "idle" && !isOfRun);
          if (used.length === 0)
            return (
              <Empty title="No venue is connected." action={<ButtonLink to="/account">Connect an account</ButtonLink>}>
                {reason ?? "One is connected when a run or an order needs it."}
              </Empty>
            );
          return (
            <ul className="divide-y divide-line/60">
              {used.map((venue) => (
                <li
                  key={`${venue.id} ${venue.mode}`}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5"
                >
                  <span className="flex min-w-32 items-center gap-2 font-medium">
                    {venue.id} <ModeBadge mode={venue.mode === "live" ? "live" : "paper"} />
                  </span>
                  <VenueState venue={venue} />
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
    </Panel>
  );
}
