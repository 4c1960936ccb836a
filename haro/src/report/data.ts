/** What a report carries: a finished run as columns, made by the backend (greta/report/payload.py). */
import type { RunMode, Stats } from "~/api/types";
import type { Place } from "~/charts/candles";
import type { YearOfReturns } from "~/ui/results/Months";

type Pairs = [name: string, value: string][];

/** All of it: the page's two parts. */
export type ReportData = FirstScreen & Behind;

/** What is seen at first, and whatever is small. */
export interface FirstScreen {
  title: string;
  mode: RunMode;
  strategy: string;
  parameters: Pairs;
  symbols: string[];
  timeframe: string;
  isDaily: boolean;
  /** The exchange's, an IANA name. */
  zone: string;
  currency: string;
  costs: Pairs;
  provenance: Pairs;
  /** Of the strategy; null where it is not known. */
  source: string | null;
  /** The gravest first. */
  warnings: { code: string; message: string; isFatal: boolean }[];
  stats: Stats;
  /** What the equity is compared with, in words. */
  benchmark: string;
  curve: CurveColumns;
  work: WorkColumns;
  months: YearOfReturns[];
  bySymbol: SymbolRow[];
  drawdowns: Fall[];
  rolling: Rolling | null;
  returns: { bins: { start: number; end: number; count: number }[]; mean: number } | null;
  durations: Bucket[];
  entries: Bucket[];
}

/** What is long, and behind the first screen: reading it takes as long as drawing that. */
export interface Behind {
  charts: Record<string, ChartColumns>;
  trades: TradeColumns;
  fills: FillColumns;
}

/** Times are seconds since 1970: the first, then the steps. */
export interface CurveColumns {
  /** How many there are in all. */
  rows: number;
  first: number;
  last: number;
  time: number[];
  equity: number[];
  cash: number[];
  benchmark: (number | null)[] | null;
}

/** What was at work, as means of `each` rows. */
export interface WorkColumns {
  each: number;
  time: number[];
  /** Positions ÷ equity; null where there was no equity. */
  exposure: (number | null)[];
  held: number[];
  cash: number[];
}

export interface SymbolRow {
  symbol: string;
  trades: number;
  wins: number;
  /** Decimal strings. */
  pnl: string;
  commission: string;
}

export interface Fall {
  start: number;
  bottom: number;
  /** null: not made good by the end. */
  end: number | null;
  depth: number;
  days: number;
}

export interface Rolling {
  sessions: number;
  time: number[];
  sharpe: (number | null)[];
  beta: (number | null)[];
}

export interface Bucket {
  name: string;
  trades: number;
  wins: number;
  pnl: number;
}

export interface ChartColumns {
  bars: number;
  /** How many of them each candle is. */
  factor: number;
  time: number[];
  open: number[];
  high: number[];
  low: number[];
  close: number[];
  volume: number[] | null;
  lines: { name: string; place: Place; values: (number | null)[] }[];
  levels: { kind: ("stop" | "target")[]; from: number[]; to: number[]; price: number[] };
  happenings: { bar: number; text: string }[];
}

/** Amounts are decimal strings. */
export interface TradeColumns {
  count: number;
  number: number[];
  symbol: string[];
  side: ("long" | "short")[];
  quantity: string[];
  entry_time: number[];
  entry_price: string[];
  entry_bar: (number | null)[];
  /** What the entry was made at on the bar of then; null: the same, as no split came in between. */
  entry_drawn: (number | null)[];
  exit_time: number[];
  exit_price: string[];
  exit_bar: (number | null)[];
  delisted: boolean[];
  pnl: string[];
  return: number[];
  commission: string[];
  bars: number[];
  mae: number[];
  mfe: number[];
}

export interface FillColumns {
  count: number;
  order_id: string[];
  symbol: string[];
  side: string[];
  quantity: string[];
  price: string[];
  commission: string[];
  slippage: (string | null)[];
  timestamp: number[];
}

/** A part of the data as it stands in the page: JSON, compressed, as text. */
export async function readData<Part extends FirstScreen | Behind>(text: string): Promise<Part> {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  // A loop: of a long run these are a million, and a call for each takes longer than all that is drawn of them.
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const plain = new Response(bytes).body?.pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(plain).json()) as Part;
}

/** The instants behind a first one and its steps. */
export function instants(steps: number[]): number[] {
  let time = 0;
  return steps.map((step) => (time += step));
}

export const iso = (time: number): string => new Date(time * 1000).toISOString().replace(".000Z", "Z");
