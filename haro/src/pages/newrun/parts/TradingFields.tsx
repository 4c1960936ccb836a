/** What a paper or live run needs besides: its venue, a replay of the simulated one, its limits. */
import { api } from "~/api/client";
import { limitText } from "~/format/limits";
import { AmountField, SelectField } from "~/ui/forms/Field";

import { Costs } from "./Costs";
import { isReplay } from "../draft";
import { Chosen, Written } from "./fields";
import type { PartProps } from "../RunForm";

const ON_ERROR = [
  ["", "Cancel its entries; exits stay"],
  ["cancel_all", "Cancel all its orders"],
  ["flatten", "Cancel all, and close its positions"],
] as const;

export function TradingFields({ part }: { part: PartProps }) {
  const { draft, change, errorOf } = part;
  const venues = api.useQuery("get", "/api/v1/venues").data?.items ?? [];
  const offered = venues.filter(({ mode }) => mode === draft.mode);
  const chosen = offered.find(({ id }) => id === draft.venue);
  return (
    <>
      <SelectField
        label="Venue"
        value={draft.venue}
        onChange={({ target }) => change({ venue: target.value })}
        help={chosen?.description}
        error={errorOf("venue") ?? chosen?.problem ?? undefined}
        options={[["", "Choose one"], ...offered.map(({ id, title }) => [id, title] as const)]}
      />
      {isReplay(draft) && (
        <>
          <Written
            part={part}
            name="replay"
            label="Replay"
            placeholder="2024-01-02..2024-06-28"
            help="The stored bars to replay: a day, or two"
          />
          <Written
            part={part}
            name="speed"
            label="Speed"
            placeholder="1"
            help="How many times as fast as the bars once came, or max"
          />
        </>
      )}
      {isReplay(draft) && (
        <Costs
          label="What the venue takes"
          usual="The run's costs"
          value={draft.venueCosts}
          onChange={(venueCosts) => change({ venueCosts })}
          error={errorOf("venue_costs")}
        />
      )}
      <Chosen part={part} name="onError" called="on_error" label="When its strategy fails" options={ON_ERROR} />
      <Limits draft={draft} change={change} errorOf={errorOf} />
    </>
  );
}

function Limits({ draft, change, errorOf }: PartProps) {
  const fields = api.useQuery("get", "/api/v1/risk").data?.fields ?? [];
  return (
    <details open={draft.mode === "live" || errorOf("risk") !== undefined || undefined}>
      <summary className="cursor-pointer text-table text-soft">Limits of this run</summary>
      <div className="mt-3 grid grid-cols-2 items-start gap-3">
        {fields
          .filter(({ unit }) => unit !== "yes_no")
          .map(({ name, title, unit, default: usual, least, most }) => (
            <AmountField
              key={name}
              label={title}
              value={draft.risk[name] ?? ""}
              onChange={({ target }) => change({ risk: { ...draft.risk, [name]: target.value } })}
              placeholder={usual === null ? "" : String(usual)}
              help={`Default ${limitText(usual, unit)}${unit === "fraction" ? `, written ${String(usual)}` : ""}; from ${least ?? "–"} to ${most ?? "–"}`}
              error={errorOf(`risk.${name}`)}
            />
          ))}
      </div>
    </details>
  );
}
