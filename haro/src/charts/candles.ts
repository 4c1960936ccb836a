/** Bars and what belongs on them: an indicator's value at each, and each trade at the bars it began and ended in. */
import type { Schemas, Trade } from "~/api/types";

import { seconds } from "./time";

export type Candle = Schemas["CandleResponse"];
export type Indicator = Schemas["IndicatorSeries"];

export interface Bar {
  time: number;
  end: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export function barsOf(candles: Candle[]): Bar[] {
  return candles.map(({ timestamp, end, ...values }) => ({ ...values, time: seconds(timestamp), end: seconds(end) }));
}

/** The newest of an indicator's values by the end of each bar, so that it has points where there are bars alone. */
export function onBars(bars: Bar[], { timestamp, values }: Indicator): { time: number; value: number }[] {
  const stamps = timestamp.map(seconds);
  const found: { time: number; value: number }[] = [];
  let next = 0;
  for (const { time, end } of bars) {
    while (next < stamps.length && (stamps[next] ?? Infinity) < end) next += 1;
    const value = values[next - 1];
    if (value != null) found.push({ time, value });
  }
  return found;
}

/** Whether an indicator is of the price's own size, and so drawn over it: most of its values are near that of their bar. */
export function isOverPrice(bars: Bar[], points: { time: number; value: number }[]): boolean {
  const prices = new Map(bars.map(({ time, high, low }) => [time, { high, low }]));
  const inside = points.filter(({ time, value }) => {
    const bar = prices.get(time);
    return bar !== undefined && value > bar.low / 2 && value < bar.high * 2;
  }).length;
  return points.length > 0 && inside > 0.8 * points.length;
}

export type Place = "over" | "below" | null;

/** Whether an indicator is drawn over the price: where its strategy wants it, else by its size. */
export const isOver = (place: Place | undefined, bars: Bar[], points: ChartLine["points"]): boolean =>
  place ? place === "over" : isOverPrice(bars, points);

/** An indicator on the bars of a chart: over the price, or in a pane beneath, which those of one name share. */
export interface ChartLine {
  name: string;
  points: { time: number; value: number }[];
  isOver: boolean;
}

export function linesOf(bars: Bar[], indicators: Indicator[]): ChartLine[] {
  return indicators.map((one) => {
    const points = onBars(bars, one);
    return { name: one.name, points, isOver: isOver(one.place, bars, points) };
  });
}

const PANES_MAX = 4;

/** The pane of each line: 0 over the price. Outputs of one call, `macd(…).0` and `.1`, share one; so do the last few
 * where there are many. */
export function panesOf(lines: ChartLine[]): number[] {
  const calls: string[] = [];
  return lines.map(({ name, isOver }) => {
    if (isOver) return 0;
    const call = name.replace(/\.\w+$/, "");
    if (!calls.includes(call)) calls.push(call);
    return Math.min(calls.indexOf(call) + 1, PANES_MAX);
  });
}

/** The bar in which something happened: the last that begins by then. -1: before them all. */
export function barAt(bars: Bar[], time: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle]?.time ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface DrawnTrade {
  number: number;
  isLong: boolean;
  hasGained: boolean;
  /** How large its result is: of many in one place, the largest is drawn. */
  size: number;
  entry: { time: number; price: number };
  exit: { time: number; price: number };
}

/** Those trades that are seen on some bars. Their prices are drawn, and nothing is computed from them. */
export function tradesOn(bars: Bar[], trades: Trade[]): DrawnTrade[] {
  const last = bars.at(-1);
  if (!last) return [];
  return trades.flatMap((trade) => {
    const ends = [trade.entry_time, trade.exit_time].map(seconds);
    const [entry, exit] = ends.map((time) => bars[Math.max(0, barAt(bars, time))]);
    const isOutside = (ends[1] ?? 0) < (bars[0]?.time ?? 0) || (ends[0] ?? 0) > last.end;
    if (!entry || !exit || isOutside) return [];
    return [
      {
        number: trade.number,
        isLong: trade.side === "long",
        hasGained: !trade.pnl.startsWith("-"),
        size: Math.abs(Number(trade.pnl)),
        entry: { time: entry.time, price: Number(trade.entry_price) },
        exit: { time: exit.time, price: Number(trade.exit_price) },
      },
    ];
  });
}
