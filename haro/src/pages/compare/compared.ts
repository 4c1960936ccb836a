/** What tells some runs apart. */
import type { RunDetail, Schemas } from "~/api/types";
import { day } from "~/format/times";

export interface Compared {
  run: RunDetail;
  /** Null: it has no figures. */
  result: Schemas["ResultsResponse"] | null;
  curve: Schemas["EquityPoint"][];
}

export interface Difference {
  name: string;
  values: string[];
}

/** Of each setting in which they differ, what each of them has. */
export function differences(compared: Compared[]): Difference[] {
  const settings = compared.map(settingsOf);
  const names = [...new Set(settings.flatMap((one) => [...one.keys()]))];
  return names
    .map((name) => ({ name, values: settings.map((one) => one.get(name) ?? "–") }))
    .filter(({ values }) => new Set(values).size > 1);
}

function settingsOf({ run, result }: Compared): Map<string, string> {
  const { parameters } = result?.run ?? { parameters: run.config };
  const options = Object.entries(run.options).filter(([, value]) => value !== null);
  return new Map([
    ["Strategy", run.strategy_id],
    ["Source", run.source_hash?.slice(0, 8) ?? "–"],
    ...written(parameters),
    ["Symbols", run.symbols.join(", ")],
    ["Timeframe", run.timeframe ?? "as stored"],
    ["From", run.start_time ? day(run.start_time) : "the first bar"],
    ["To", run.end_time ? day(run.end_time) : "the last bar"],
    ["Mode", run.mode],
    ...written(Object.fromEntries(options)),
    ["Bars", result?.run.data_hash.slice(0, 8) ?? "–"],
  ]);
}

const written = (values: Record<string, unknown>): [string, string][] =>
  Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
