/** What would be another thing than in the run that this one is made from. */
import type { RunDetail } from "~/api/types";
import { Panel } from "~/ui/pages/Panel";

import { type Draft, draftOf } from "./draft";
import { text } from "./schema";

export function Changes({ source, draft }: { source: RunDetail; draft: Draft }) {
  const found = changes(source, draft);
  return (
    <Panel title={`Changes from ${source.name}`}>
      {found.length === 0 ? (
        <p className="text-table text-soft">None yet: it would do the same again, with the strategy as it is now.</p>
      ) : (
        <ul className="list-disc pl-4 text-table">
          {found.map((one) => (
            <li key={one} className="wrap-anywhere">
              {one}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const NAMES: [keyof Draft, string][] = [
  ["strategy", "Strategy"],
  ["timeframe", "Timeframe"],
  ["from", "From"],
  ["to", "To"],
  ["cash", "Cash"],
  ["costs", "Costs"],
  ["venueCosts", "Costs of the venue"],
  ["account", "Account"],
  ["leverage", "Leverage"],
  ["maintenance", "Maintenance margin"],
  ["asset", "Class"],
  ["benchmark", "Benchmark"],
  ["audit", "What becomes events"],
  ["onError", "When its strategy fails"],
  ["warmup", "Bars of history"],
  ["seed", "Seed"],
  ["venue", "Venue"],
  ["replay", "Replay"],
  ["speed", "Speed"],
];

/** Of another mode their difference says nothing. */
const OF_MODE: (keyof Draft)[] = [
  "from",
  "to",
  "costs",
  "venueCosts",
  "benchmark",
  "onError",
  "venue",
  "replay",
  "speed",
];

export function changes(source: RunDetail, draft: Draft): string[] {
  const before = draftOf(source);
  const isOther = draft.mode !== source.mode;
  const settings = NAMES.filter(([key]) => !(isOther && OF_MODE.includes(key)))
    .filter(([key]) => before[key] !== draft[key])
    .map(([key, name]) => said(name, before[key], draft[key]));
  const symbols =
    before.symbols.join() === draft.symbols.join()
      ? []
      : [said("Symbols", before.symbols.join(", "), draft.symbols.join(", "))];
  const names = [...new Set([...Object.keys(before.parameters), ...Object.keys(draft.parameters)])];
  const parameters = names
    .filter((name) => (before.parameters[name] ?? "") !== (draft.parameters[name] ?? ""))
    .map((name) => said(name, before.parameters[name], draft.parameters[name]));
  return [...(isOther ? ofMode(source, draft) : []), ...symbols, ...parameters, ...settings];
}

const said = (name: string, before: unknown, after: unknown) =>
  `${name}: ${text(before) || "the default"} → ${text(after) || "the default"}`;

/** What another mode means, which no field says. */
function ofMode(source: RunDetail, draft: Draft): string[] {
  if (draft.mode === "backtest") return [`Mode: ${source.mode} → backtest, on stored bars`];
  return [
    `Mode: ${source.mode} → ${draft.mode}: its orders go to a venue, and its bars come one by one`,
    draft.venue === "simulated"
      ? "Time: the stored bars of a replay, as fast as you say"
      : "Time: from now on, until it is stopped",
    "Costs: what the venue takes, in place of the backtest's assumptions",
    "Limits: orders past them are refused, and losses past them halt the run",
    "No look-ahead check: there is nothing ahead to look at",
  ];
}
