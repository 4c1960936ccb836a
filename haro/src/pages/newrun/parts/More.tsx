/** What is seldom changed of how a run runs. */
import { Chosen, Ticked, Written } from "./fields";
import type { PartProps } from "../RunForm";

const FIELDS = ["account", "leverage", "maintenance", "shorting", "asset", "benchmark", "warmup", "seed", "audit"];
const ACCOUNTS = [
  ["", "Cash, the default"],
  ["cash", "Cash"],
  ["margin", "Margin"],
] as const;
const CLASSES = [
  ["", "As stored"],
  ["stock", "Stock"],
  ["crypto", "Crypto"],
  ["fx", "Foreign exchange"],
  ["future", "Future"],
] as const;
const AUDITS = [
  ["", "Orders, the default"],
  ["orders", "Orders"],
  ["full", "Ticks and windows too"],
] as const;

export function More({ part }: { part: PartProps }) {
  const isBacktest = part.draft.mode === "backtest";
  const decimal = { part, inputMode: "decimal" } as const;
  const whole = { part, inputMode: "numeric" } as const;
  const wide = { part, className: "col-span-2" };
  return (
    <details open={FIELDS.some(part.errorOf) || undefined}>
      <summary className="cursor-pointer text-table text-soft">Account, history, chance and record</summary>
      <div className="mt-3 grid grid-cols-2 gap-3">
        <Chosen part={part} name="account" label="Account" options={ACCOUNTS} />
        <Written {...decimal} name="leverage" label="Leverage" />
        <Written {...decimal} name="maintenance" label="Maintenance margin" placeholder="0.25" />
        {isBacktest && <Chosen part={part} name="asset" label="Class of the symbols" options={CLASSES} />}
        <Written {...whole} name="warmup" label="Bars of history" placeholder="all there are" />
        <Written {...whole} name="seed" label="Seed" placeholder="0" />
        {isBacktest && <Written part={part} name="benchmark" label="Benchmark" placeholder="holding its symbols" />}
        {isBacktest && <Chosen part={part} name="audit" label="What becomes events" options={AUDITS} />}
        <Ticked {...wide} name="shorting" label="Allow short positions" />
        {isBacktest && (
          <>
            <Ticked {...wide} name="closeAtEnd" label="Close positions at the end" />
            <Ticked
              {...wide}
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
