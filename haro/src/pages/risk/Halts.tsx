/** What may not trade at the moment, why, and how that is ended. */
import { OctagonPause } from "lucide-react";
import { useState } from "react";

import { client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Button } from "~/ui/forms/Button";
import { Confirm } from "~/ui/dialogs/Dialog";
import { Ago } from "~/ui/values/Time";
import { useRefresh } from "~/ui/forms/useSubmit";

import type { AccountRisk } from "./limits";

type Halt = Schemas["HaltResponse"];

/** Another account than the one that was traded is at the venue: that has to be said, not only released. */
const isOfVenue = ({ scope, cause }: Halt) => scope === "account" && cause === "venue";

export function Halts({ account }: { account: AccountRisk }) {
  const [asked, setAsked] = useState<Halt | null>(null);
  const refresh = useRefresh(["/api/v1/risk"]);
  if (account.halts.length === 0) return null;
  const end = (halt: Halt) =>
    client
      .PUT("/api/v1/risk", {
        body: isOfVenue(halt)
          ? { account: account.account, accept_account: true }
          : { account: account.account, accept_account: false, release: [{ scope: halt.scope, name: halt.name }] },
      })
      .then(refresh);
  return (
    <ul aria-label={`Halts of ${account.account}`} className="flex flex-col border-b border-line">
      {account.halts.map((halt) => (
        <li
          key={`${halt.scope} ${halt.name} ${halt.cause}`}
          className="flex flex-wrap items-center gap-x-3 gap-y-2 bg-loss-tint px-4 py-2.5"
        >
          <OctagonPause size={16} aria-hidden className="shrink-0 text-loss" />
          <p className="min-w-48 flex-1 wrap-anywhere">
            <span className="font-medium text-loss">
              {halt.scope} {halt.name}: halted
            </span>{" "}
            <span className="text-table text-soft">
              {halt.reason} · {halt.cause.replace("_", " ")}, <Ago at={halt.since} />
            </span>
          </p>
          <Button onClick={() => setAsked(halt)}>{isOfVenue(halt) ? "Accept account" : "Release"}</Button>
        </li>
      ))}
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={asked && isOfVenue(asked) ? "Accept the account that is there now?" : "Release the halt?"}
        description={asked ? `${asked.scope} ${asked.name}: ${asked.reason}. Entries are sent again.` : ""}
        action={asked && isOfVenue(asked) ? "Accept account" : "Release halt"}
        kind="primary"
        onConfirm={() => (asked ? end(asked) : Promise.resolve())}
      />
    </ul>
  );
}
