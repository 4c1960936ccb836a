/** How it runs: mode and venue, cash, costs, limits. */
import type { RunMode } from "~/api/types";
import { AmountField, CheckField, SelectField, TextField } from "~/ui/Field";
import { Panel } from "~/ui/Panel";

import { USUAL_VENUE } from "./draft";
import type { PartProps } from "./RunForm";
import { TradingFields } from "./TradingFields";

const MODES: [RunMode, string][] = [
  ["backtest", "Backtest, on stored bars"],
  ["paper", "Paper, without money"],
  ["live", "LIVE, with real money"],
];
const COSTS: [string, string][] = [
  ["", "Those of the asset class"],
  ["alpaca-stocks", "Alpaca, stocks"],
  ["alpaca-crypto", "Alpaca, crypto"],
  ["fx", "Foreign exchange"],
  ["futures", "Futures"],
  ["none", "None"],
];
const OWN_COSTS = "commission_bps=0";

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
        {draft.mode === "backtest" && <Costs {...part} />}
        <More {...part} />
      </div>
    </Panel>
  );
}

function Costs({ draft, change, errorOf }: PartProps) {
  const isOwn = !COSTS.some(([value]) => value === draft.costs);
  return (
    <>
      <SelectField
        label="Costs"
        value={isOwn ? "own" : draft.costs}
        onChange={({ target }) => change({ costs: target.value === "own" ? OWN_COSTS : target.value })}
        error={isOwn ? undefined : errorOf("costs")}
      >
        {COSTS.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
        <option value="own">My own</option>
      </SelectField>
      {isOwn && (
        <TextField
          label="My own costs"
          value={draft.costs}
          onChange={({ target }) => change({ costs: target.value })}
          help="As commission_bps=2,slippage_bps=1; what is not named is 0"
          error={errorOf("costs")}
        />
      )}
    </>
  );
}

/** What is seldom changed. */
function More({ draft, change, errorOf }: PartProps) {
  const isOpen = ["account", "leverage", "shorting", "warmup", "seed"].some(errorOf);
  return (
    <details open={isOpen || undefined}>
      <summary className="cursor-pointer text-table text-soft">Account, history and chance</summary>
      <div className="mt-3 grid grid-cols-2 gap-3">
        <SelectField
          label="Account"
          value={draft.account}
          onChange={({ target }) => change({ account: target.value as typeof draft.account })}
          error={errorOf("account")}
        >
          <option value="">Cash, the default</option>
          <option value="cash">Cash</option>
          <option value="margin">Margin</option>
        </SelectField>
        <AmountField
          label="Leverage"
          value={draft.leverage}
          onChange={({ target }) => change({ leverage: target.value })}
          error={errorOf("leverage")}
        />
        <TextField
          label="Bars of history"
          inputMode="numeric"
          placeholder="all there are"
          value={draft.warmup}
          onChange={({ target }) => change({ warmup: target.value })}
          error={errorOf("warmup")}
        />
        <TextField
          label="Seed"
          inputMode="numeric"
          placeholder="0"
          value={draft.seed}
          onChange={({ target }) => change({ seed: target.value })}
          error={errorOf("seed")}
        />
        <CheckField
          label="Allow short positions"
          checked={draft.shorting}
          onChange={({ target }) => change({ shorting: target.checked })}
          error={errorOf("shorting")}
          className="col-span-2"
        />
        {draft.mode === "backtest" && (
          <>
            <CheckField
              label="Close positions at the end"
              checked={draft.closeAtEnd}
              onChange={({ target }) => change({ closeAtEnd: target.checked })}
              className="col-span-2"
            />
            <CheckField
              label="Skip the look-ahead check"
              help="It runs the strategy again on cut bars, and finds out whether it looks ahead."
              checked={draft.skipCheck}
              onChange={({ target }) => change({ skipCheck: target.checked })}
              className="col-span-2"
            />
          </>
        )}
      </div>
    </details>
  );
}
