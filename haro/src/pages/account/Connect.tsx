/** Connect an account by hand, to see what it has: nothing is traded by that. */
import { useQueryClient } from "@tanstack/react-query";
import { Plug } from "lucide-react";

import { api, client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Failed } from "~/ui/pages/Answer";
import { ModeBadge } from "~/ui/values/Badge";
import { Button } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";
import { useSubmit } from "~/ui/forms/useSubmit";

type Venue = Schemas["VenueDetail"];

export function Connect({ known }: { known: Schemas["AccountResponse"][] }) {
  const venues = api.useQuery("get", "/api/v1/venues").data?.items ?? [];
  const others = venues.filter(
    ({ id, mode, of_run: isOfRun }) =>
      !isOfRun && !known.some((account) => account.venue === id && account.mode === mode),
  );
  if (others.length === 0) return null;
  return (
    <Panel title="Other accounts" flush>
      <ul className="divide-y divide-line/60">
        {others.map((venue) => (
          <Other key={`${venue.id} ${venue.mode}`} venue={venue} />
        ))}
      </ul>
    </Panel>
  );
}

function Other({ venue }: { venue: Venue }) {
  const { busy, problem, submit } = useSubmit(["/api/v1/account", "/api/v1/positions", "/api/v1/venues"]);
  const queries = useQueryClient();
  const mode = venue.mode === "live" ? "live" : "paper";
  const connect = async () => {
    const found = await submit(() => client.GET("/api/v1/account", { params: { query: { venue: venue.id, mode } } }));
    if (found) await queries.invalidateQueries();
  };
  return (
    <li className="flex flex-col gap-2 px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="font-medium">{venue.title}</span>
        <ModeBadge mode={mode} />
        <span className="min-w-40 flex-1 text-table text-soft wrap-anywhere">{venue.problem ?? "not connected"}</span>
        <Button
          icon={<Plug size={14} aria-hidden />}
          busy={busy}
          onClick={() => void connect()}
          aria-label={`Connect ${venue.id} ${mode}`}
        >
          Connect
        </Button>
      </div>
      {problem && <Failed error={problem} />}
    </li>
  );
}
