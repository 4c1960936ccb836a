/** A symbol's columns as its chart takes them. */
import { type Bar, type ChartLine, type DrawnTrade, isOver } from "~/charts/candles";
import type { Happening, Level } from "~/charts/Overlays";

import { type ChartColumns, instants, type TradeColumns } from "./data";

export function barsIn(chart: ChartColumns): Bar[] {
  const time = instants(chart.time);
  return time.map((instant, at) => ({
    time: instant,
    end: time[at + 1] ?? instant + 1,
    open: chart.open[at] ?? NaN,
    high: chart.high[at] ?? NaN,
    low: chart.low[at] ?? NaN,
    close: chart.close[at] ?? NaN,
    volume: chart.volume?.[at] ?? 0,
  }));
}

export function linesIn(chart: ChartColumns, bars: Bar[]): ChartLine[] {
  return chart.lines.map(({ name, place, values }) => {
    const points = bars.flatMap(({ time }, at) => {
      const value = values[at];
      return value == null ? [] : [{ time, value }];
    });
    return { name, points, isOver: isOver(place, bars, points) };
  });
}

/** The candle that holds a bar of the run. */
const candleOf = (bars: Bar[], factor: number, bar: number): Bar | undefined =>
  bars[Math.min(Math.max(Math.floor(bar / factor), 0), bars.length - 1)];

export function levelsIn({ levels, factor }: ChartColumns, bars: Bar[]): Level[] {
  return levels.kind.flatMap((kind, at) => {
    const [from, to] = [levels.from[at] ?? 0, levels.to[at] ?? 0].map((bar) => candleOf(bars, factor, bar));
    const price = levels.price[at];
    return from && to && price !== undefined ? [{ kind, from: from.time, to: to.time, price }] : [];
  });
}

export function happeningsIn({ happenings, factor }: ChartColumns, bars: Bar[]): Happening[] {
  return happenings.flatMap(({ bar, text }) => {
    const at = candleOf(bars, factor, bar);
    return at ? [{ time: at.time, text }] : [];
  });
}

/** Those of a symbol; `number` is the row of the report's columns. */
export function tradesIn(trades: TradeColumns, symbol: string, { factor }: ChartColumns, bars: Bar[]): DrawnTrade[] {
  return trades.symbol.flatMap((one, row) => {
    const [into, out] = [trades.entry_bar[row], trades.exit_bar[row]];
    if (one !== symbol || into == null || out == null) return [];
    const [entry, exit] = [candleOf(bars, factor, into), candleOf(bars, factor, out)];
    if (!entry || !exit) return [];
    const pnl = Number(trades.pnl[row]);
    return [
      {
        number: row,
        isLong: trades.side[row] === "long",
        hasGained: pnl >= 0,
        size: Math.abs(pnl),
        entry: { time: entry.time, price: trades.entry_drawn[row] ?? Number(trades.entry_price[row]) },
        exit: { time: exit.time, price: Number(trades.exit_price[row]) },
      },
    ];
  });
}
