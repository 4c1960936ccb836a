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

/** Whether an indicator is of the price's own size, and so drawn over it: most of its values are. */
export function isOverPrice(bars: Bar[], points: { value: number }[]): boolean {
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  const room = (high - low) / 2;
  const inside = points.filter(({ value }) => value > low - room && value < high + room).length;
  return points.length > 0 && inside > 0.8 * points.length;
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
        entry: { time: entry.time, price: Number(trade.entry_price) },
        exit: { time: exit.time, price: Number(trade.exit_price) },
      },
    ];
  });
}
