/** What is seldom changed of how a run runs. */
import { AmountField, CheckField, SelectField, TextField } from "~/ui/Field";

import type { Draft } from "./draft";
import type { PartProps } from "./RunForm";

const FIELDS = ["account", "leverage", "maintenance", "shorting", "asset", "warmup", "seed", "audit"];

export function More(part: PartProps) {
  const { draft, change, errorOf } = part;
  const isBacktest = draft.mode === "backtest";
  return (
    <details open={FIELDS.some(errorOf) || undefined}>
      <summary className="cursor-pointer text-table text-soft">Account, history, chance and record</summary>
      <div className="mt-3 grid grid-cols-2 gap-3">
        <Chosen {...part} name="account" label="Account" options={ACCOUNTS} />
        <AmountField
          label="Leverage"
          value={draft.leverage}
          onChange={({ target }) => change({ leverage: target.value })}
          error={errorOf("leverage")}
        />
        <AmountField
          label="Maintenance margin"
          placeholder="0.25"
          value={draft.maintenance}
          onChange={({ target }) => change({ maintenance: target.value })}
          error={errorOf("maintenance")}
        />
        {isBacktest && <Chosen {...part} name="asset" label="Class of the symbols" options={CLASSES} />}
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
        {isBacktest && <Chosen {...part} name="audit" label="What becomes events" options={AUDITS} />}
        <Flag {...part} name="shorting" label="Allow short positions" />
        {isBacktest && (
          <>
            <Flag {...part} name="closeAtEnd" label="Close positions at the end" />
            <Flag
              {...part}
              name="skipCheck"
              label="Skip the look-ahead check"
              help="It runs the strategy again on cut bars, and finds out whether it looks ahead."
            />
          </>
        )}
      </div>
    </details>
  );
}

const ACCOUNTS: [Draft["account"], string][] = [
  ["", "Cash, the default"],
  ["cash", "Cash"],
  ["margin", "Margin"],
];
const CLASSES: [Draft["asset"], string][] = [
  ["", "As stored"],
  ["stock", "Stock"],
  ["crypto", "Crypto"],
  ["fx", "Foreign exchange"],
  ["future", "Future"],
];
const AUDITS: [Draft["audit"], string][] = [
  ["", "Orders, the default"],
  ["orders", "Orders"],
  ["full", "Ticks and windows too"],
];

interface ChosenProps<Name extends "account" | "asset" | "audit"> extends PartProps {
  name: Name;
  label: string;
  options: [Draft[Name], string][];
}

function Chosen<Name extends "account" | "asset" | "audit">(props: ChosenProps<Name>) {
  const { draft, change, errorOf, name, label, options } = props;
  return (
    <SelectField
      label={label}
      value={draft[name]}
      onChange={({ target }) => change({ [name]: target.value })}
      error={errorOf(name)}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}

interface FlagProps extends PartProps {
  name: "shorting" | "closeAtEnd" | "skipCheck";
  label: string;
  help?: string;
}

function Flag({ draft, change, errorOf, name, label, help }: FlagProps) {
  return (
    <CheckField
      label={label}
      help={help}
      checked={draft[name]}
      onChange={({ target }) => change({ [name]: target.checked })}
      error={errorOf(name)}
      className="col-span-2"
    />
  );
}
