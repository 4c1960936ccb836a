/** How it runs: mode and venue, cash, costs, limits. */
import type { RunMode } from "~/api/types";
import { SelectField } from "~/ui/forms/Field";
import { Panel } from "~/ui/pages/Panel";

import { Costs } from "./Costs";
import { hasCosts, USUAL_VENUE } from "../draft";
import { Written } from "./fields";
import { More } from "./More";
import type { PartProps } from "../RunForm";
import { TradingFields } from "./TradingFields";

const MODES: [RunMode, string][] = [
  ["backtest", "Backtest, on stored bars"],
  ["paper", "Paper, without money"],
  ["live", "LIVE, with real money"],
];

export function How({ part }: { part: PartProps }) {
  const { draft, change, errorOf } = part;
  return (
    <Panel title="How">
      <div className="flex flex-col gap-3">
        <SelectField
          label="Mode"
          value={draft.mode}
          onChange={({ target }) => {
            const mode = target.value as RunMode;
            change({ mode, venue: USUAL_VENUE[mode] });
          }}
          className={draft.mode === "live" ? "border-l-4 border-live-edge pl-2" : ""}
          options={MODES}
        />
        {draft.mode !== "backtest" && <TradingFields part={part} />}
        <Written
          part={part}
          name="cash"
          label="Cash"
          inputMode="decimal"
          placeholder="100000"
          help="What it may use. Default 100 000, in the currency of its symbols"
        />
        {hasCosts(draft) && (
          <Costs
            label="Costs"
            usual="Those of the asset class"
            value={draft.costs}
            onChange={(costs) => change({ costs })}
            error={errorOf("costs")}
          />
        )}
        <More part={part} />
      </div>
    </Panel>
  );
}
