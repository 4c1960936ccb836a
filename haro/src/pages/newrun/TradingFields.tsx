/** What a paper or live run needs besides: its venue, a replay of the simulated one, its limits. */
import { api } from "~/api/client";
import { limitText } from "~/format/limits";
import { AmountField, SelectField, TextField } from "~/ui/Field";

import { Costs } from "./Costs";
import { isReplay, type Draft } from "./draft";
import type { PartProps } from "./RunForm";

const ON_ERROR: [Draft["onError"], string][] = [
  ["", "Cancel its entries; exits stay"],
  ["cancel_all", "Cancel all its orders"],
  ["flatten", "Cancel all, and close its positions"],
];

export function TradingFields({ draft, change, errorOf }: PartProps) {
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
      >
        <option value="">Choose one</option>
        {offered.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </SelectField>
      {isReplay(draft) && (
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Replay"
            placeholder="2024-01-02..2024-06-28"
            value={draft.replay}
            onChange={({ target }) => change({ replay: target.value })}
            help="The stored bars to replay: a day, or two"
            error={errorOf("replay")}
          />
          <TextField
            label="Speed"
            placeholder="1"
            value={draft.speed}
            onChange={({ target }) => change({ speed: target.value })}
            help="How many times as fast as the bars once came, or max"
            error={errorOf("speed")}
          />
        </div>
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
      <SelectField
        label="When its strategy fails"
        value={draft.onError}
        onChange={({ target }) => change({ onError: target.value as Draft["onError"] })}
        error={errorOf("on_error")}
      >
        {ON_ERROR.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
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
