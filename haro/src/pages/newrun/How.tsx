/** How it runs: mode and venue, cash, costs, limits. */
import type { RunMode } from "~/api/types";
import { AmountField, SelectField } from "~/ui/Field";
import { Panel } from "~/ui/Panel";

import { Costs } from "./Costs";
import { hasCosts, USUAL_VENUE } from "./draft";
import { More } from "./More";
import type { PartProps } from "./RunForm";
import { TradingFields } from "./TradingFields";

const MODES: [RunMode, string][] = [
  ["backtest", "Backtest, on stored bars"],
  ["paper", "Paper, without money"],
  ["live", "LIVE, with real money"],
];

export function How(part: PartProps) {
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
          className={draft.mode === "live" ? "border-l-4 border-live pl-2" : ""}
        >
          {MODES.map(([mode, text]) => (
            <option key={mode} value={mode}>
              {text}
            </option>
          ))}
        </SelectField>
        {draft.mode !== "backtest" && <TradingFields {...part} />}
        <AmountField
          label="Cash"
          placeholder="100000"
          value={draft.cash}
          onChange={({ target }) => change({ cash: target.value })}
          help="What it may use. Default 100 000, in the currency of its symbols"
          error={errorOf("cash")}
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
        <More {...part} />
      </div>
    </Panel>
  );
}
