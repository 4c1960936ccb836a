/** Whose order it is: that of a run that trades, or nobody's, on a venue in a mode. */
import { api } from "~/api/client";
import { Failed } from "~/ui/pages/Answer";
import { SelectField } from "~/ui/forms/Field";

import type { PartProps } from "./orderFields";
import { useTradingRuns } from "./useTradingRuns";

export function WhereFields({ draft, change, errorOf }: PartProps) {
  const found = api.useQuery("get", "/api/v1/venues");
  const venues = (found.data?.items ?? []).filter(({ of_run: isOfRun }) => !isOfRun);
  const trading = useTradingRuns();
  const running = trading.data?.items;
  const failed = [found, trading].find(({ data, error }) => data === undefined && error);
  const ids = [...new Set([...venues.map(({ id }) => id), ...(draft.venue ? [draft.venue] : [])])];
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <SelectField
        label="For"
        help="A run's strategy sees what its order brings."
        value={draft.run_id}
        onChange={({ target }) => change({ run_id: target.value })}
        error={errorOf("run_id")}
      >
        <option value="">by hand</option>
        {draft.run_id && !running?.some(({ id }) => id === draft.run_id) && (
          <option value={draft.run_id}>{draft.run_id}</option>
        )}
        {running?.map(({ id, name, mode }) => (
          <option key={id} value={id}>
            {name} ({mode})
          </option>
        ))}
      </SelectField>
      {draft.run_id === "" && (
        <>
          <SelectField
            label="Venue"
            value={draft.venue}
            onChange={({ target }) => change({ venue: target.value })}
            error={errorOf("venue")}
            options={[["", "Choose"], ...ids]}
          />
          <SelectField
            label="Mode"
            value={draft.mode}
            onChange={({ target }) => change({ mode: target.value === "live" ? "live" : "paper" })}
            error={errorOf("mode")}
          >
            <option value="paper">paper</option>
            <option value="live">LIVE: real money</option>
          </SelectField>
        </>
      )}
      {failed && (
        <div className="sm:col-span-3">
          <Failed error={failed.error} again={() => void failed.refetch()} />
        </div>
      )}
    </div>
  );
}
