/** What bars there are of some symbols: which timeframes can be run on, and when they begin and end. */
import type { Series } from "~/api/types";
import { barSeconds } from "~/charts/window";
import { day } from "~/format/times";

import type { Draft } from "./draft";

/** So many series are asked for: the API has no larger page. */
export const SERIES_MOST = 500;

const USUAL = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1mo"];

const seriesOf = (series: Series[], symbols: string[]) => series.filter(({ symbol }) => symbols.includes(symbol));

/** What can be run on: stored bars and what can be made of them; a venue's own bars come in whatever length is asked for. */
export function offeredTimeframes({ mode, venue, symbols }: Draft, series: Series[]): string[] {
  const isOfStored = mode === "backtest" || venue === "simulated";
  return isOfStored ? timeframes(series, symbols) : USUAL;
}

/** Stored ones first of all, and what can be made of them; the finest first. */
export function timeframes(series: Series[], symbols: string[]): string[] {
  const own = seriesOf(series, symbols).flatMap(({ timeframe }) => timeframe ?? []);
  const finest = Math.min(...own.map(barSeconds));
  const made = USUAL.filter((one) => barSeconds(one) > finest && barSeconds(one) % finest === 0);
  return [...new Set([...own, ...made])].sort((one, other) => barSeconds(one) - barSeconds(other));
}

export interface Reach {
  first: string;
  last: string;
  missing: number;
}

/** The days between which there are bars of any of the symbols; null: of none. */
export function reach(series: Series[], symbols: string[]): Reach | null {
  const own = seriesOf(series, symbols);
  const firsts = own.flatMap(({ first }) => first ?? []).sort();
  const lasts = own.flatMap(({ last }) => last ?? []).sort();
  const [first, last] = [firsts[0], lasts.at(-1)];
  if (!first || !last) return null;
  return { first: day(first), last: day(last), missing: own.reduce((sum, { missing }) => sum + (missing ?? 0), 0) };
}

/** What is wrong with a date of the form, beside what exists. */
export function wrongDate(value: string, reach: Reach | null, end: "from" | "to", other: string): string | undefined {
  if (!value || !reach) return undefined;
  if (end === "from" && value > reach.last) return `The bars end on ${reach.last}.`;
  if (end === "to" && value < reach.first) return `The bars begin on ${reach.first}.`;
  if (other && (end === "from" ? value > other : value < other))
    return end === "from" ? "It is after the end." : "It is before the start.";
  return undefined;
}
