/** What the server would refuse of a draft, by the API's names of its fields. */
import type { Series } from "~/api/types";
import { tooLong, wrongAmount, wrongDay, wrongWhole } from "~/format/written";

import { reach, SERIES_MOST, timeframes, wrongDate } from "./catalogue";
import { wrongCosts } from "./wrongCosts";
import { type Draft, hasCosts, isReplay } from "./draft";
import { type ParameterField, wrong } from "./schema";

interface Known {
  fields: ParameterField[];
  series: Series[];
  limits: { name: string; least?: string | null; most?: string | null }[];
}

export type Mistakes = Record<string, string>;

const NAME_MOST = 200;
const WARMUP = { least: 0n, most: 10n ** 9n };
// The most that a number of JSON holds exactly: more is not sent as it was written.
const SEED = { least: BigInt(Number.MIN_SAFE_INTEGER), most: BigInt(Number.MAX_SAFE_INTEGER) };
const NEEDED = "A paper or live run needs one.";
const REPLAY = /^\S+(\.\.\S+)?$/;

export function mistakes(draft: Draft, known: Known): Mistakes {
  const found = [
    ["name", tooLong(draft.name, NAME_MOST)],
    ...known.fields.map((field) => [`config.${field.name}`, wrong(field, draft.parameters[field.name])]),
    ...ofTime(draft, known.series),
    ["cash", wrongAmount(draft.cash, { isAboveZero: true })],
    [
      "leverage",
      wrongAmount(draft.leverage, { isAboveZero: true }) ?? needsMargin(draft, draft.leverage.trim() !== ""),
    ],
    ["maintenance", wrongAmount(draft.maintenance, { least: "0", below: "1" })],
    ["shorting", needsMargin(draft, draft.shorting)],
    ["warmup", wrongWhole(draft.warmup, WARMUP)],
    ["seed", wrongWhole(draft.seed, SEED)],
    ["benchmark", draft.mode === "backtest" ? wrongBenchmark(draft.benchmark.trim(), known.series) : undefined],
    ["costs", hasCosts(draft) ? wrongCosts(draft.costs) : undefined],
    ...(draft.mode === "backtest" ? [] : ofTrading(draft, known)),
  ] as [string, string | undefined][];
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined));
}

const needsMargin = ({ account }: Draft, isAsked: boolean): string | undefined =>
  isAsked && account !== "margin" ? "That needs a margin account." : undefined;

function ofTime(draft: Draft, series: Series[]): [string, string | undefined][] {
  const there = draft.mode === "backtest" ? reach(series, draft.symbols) : null;
  return [
    ["symbols", wrongSymbols(draft, series)],
    ["timeframe", wrongTimeframe(draft, series)],
    ["start_time", wrongDay(draft.from) ?? wrongDate(draft.from, there, "from", draft.to)],
    ["end_time", wrongDay(draft.to) ?? wrongDate(draft.to, there, "to", draft.from)],
  ];
}

function wrongSymbols({ mode, venue, symbols }: Draft, series: Series[]): string | undefined {
  if (symbols.length === 0) return "A run needs one symbol at least.";
  const long = symbols.find((one) => one.length > 64);
  if (long) return `${long.slice(0, 12)}… is too long for a symbol.`;
  // Of more series than are asked for at once nobody here knows all.
  const isKnown = (mode === "backtest" || venue === "simulated") && series.length < SERIES_MOST;
  const unknown = isKnown ? symbols.find((one) => !series.some(({ symbol }) => symbol === one)) : undefined;
  return unknown && `There are no bars of ${unknown}: import some first.`;
}

function wrongBenchmark(symbol: string, series: Series[]): string | undefined {
  const isKnown = symbol === "" || series.length >= SERIES_MOST || series.some((one) => one.symbol === symbol);
  return isKnown ? undefined : `There are no bars of ${symbol}: import some first.`;
}

function wrongTimeframe({ mode, symbols, timeframe }: Draft, series: Series[]): string | undefined {
  if (mode !== "backtest") return timeframe ? undefined : NEEDED;
  const own = series.filter(({ symbol }) => symbols.includes(symbol));
  const finest = new Set(symbols.map((one) => timeframes(own, [one])[0]));
  return !timeframe && finest.size > 1 ? "The bars have several timeframes: choose one." : undefined;
}

function ofTrading(draft: Draft, { limits }: Known): [string, string | undefined][] {
  const isReplayed = isReplay(draft);
  return [
    ["venue", draft.venue ? undefined : NEEDED],
    ["replay", isReplayed ? wrongReplay(draft.replay.trim()) : undefined],
    ["speed", isReplayed && draft.speed.trim() !== "max" ? wrongAmount(draft.speed, { isAboveZero: true }) : undefined],
    ["venue_costs", isReplayed ? wrongCosts(draft.venueCosts) : undefined],
    ...limits.map(({ name, least, most }): [string, string | undefined] => [
      `risk.${name}`,
      wrongAmount(draft.risk[name] ?? "", { ...(least == null ? {} : { least }), ...(most == null ? {} : { most }) }),
    ]),
  ];
}

function wrongReplay(text: string): string | undefined {
  if (!REPLAY.test(text)) return "Say which stored bars to replay.";
  const [from = "", to] = text.split("..");
  return to !== undefined && to < from.slice(0, to.length) ? "It ends before it begins." : undefined;
}

/** Parts of the draft that a field's mistake comes of, where they are not just the one of its name. */
const COMES_OF: Record<string, (keyof Draft)[]> = {
  timeframe: ["timeframe", "symbols"],
  start_time: ["from", "to"],
  end_time: ["from", "to"],
  leverage: ["leverage", "account"],
  shorting: ["shorting", "account"],
  venue_costs: ["venueCosts"],
};

/** Those of fields that are not as the form began: it complains of nothing that nobody has touched. */
export const ofTouched = (found: Mistakes, draft: Draft, begin: Draft): Mistakes =>
  Object.fromEntries(Object.entries(found).filter(([field]) => isTouched(field, draft, begin)));

function isTouched(field: string, draft: Draft, begin: Draft): boolean {
  const [group, name = ""] = field.split(/\.(.*)/);
  if (group === "config") return draft.parameters[name] !== begin.parameters[name];
  if (group === "risk") return draft.risk[name] !== begin.risk[name];
  return (COMES_OF[field] ?? [field as keyof Draft]).some((part) => draft[part] !== begin[part]);
}

const OWN = ["name", "strategy_id", "symbols", "timeframe", "start_time", "end_time", "cash", "costs", "account"];
const REST = ["leverage", "maintenance", "shorting", "asset", "benchmark", "audit", "warmup", "seed"];
const TRADING = ["venue", "replay", "speed", "venue_costs", "on_error"];

/** The fields that the form shows, by the API's names. */
export const namesOf = (fields: ParameterField[], { risk }: Draft): string[] => [
  ...OWN,
  ...REST,
  ...TRADING,
  ...Object.keys(risk).map((name) => `risk.${name}`),
  ...fields.map(({ name }) => `config.${name}`),
];
