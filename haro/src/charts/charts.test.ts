import { expect, test } from "vitest";

import { aTrade } from "~/testing/runs";

import { barAt, barsOf, isOverPrice, linesOf, onBars, tradesOn } from "./candles";
import { drawdowns, from100, isDaily, pointsOf } from "./curves";
import { points } from "./Sparkline";
import { inside } from "./wholeLabels";
import { around, barSeconds, isoOf, spanIn, windowOf, wholeOf } from "./window";

const DAY = 86_400;
const at = (day: string) => Date.parse(day) / 1000;
const candle = (day: string, low: number, high: number) => ({
  timestamp: `${day}T00:00:00Z`,
  end: isoOf(at(day) + DAY),
  open: low,
  high,
  low,
  close: high,
  volume: 5,
});
const BARS = barsOf([candle("2024-01-01", 10, 12), candle("2024-01-02", 11, 13), candle("2024-01-04", 12, 15)]);

test("undefined points are left out, and of one second the last stands", () => {
  const found = pointsOf([
    { timestamp: "2024-01-01T00:00:00.100Z", equity: 1 },
    { timestamp: "2024-01-01T00:00:00.900Z", equity: 2 },
    { timestamp: "2024-01-02T00:00:00Z", equity: null },
    { timestamp: "2024-01-03T00:00:00Z", equity: 3 },
  ]);
  expect(found.map(({ value }) => value)).toEqual([2, 3]);
  expect(isDaily(found.map(({ time }) => time))).toBe(true);
  expect(isDaily([60])).toBe(false);
});

test("drawdowns are measured from the highest before, the start among them", () => {
  const curve = [90, 120, 60, 150].map((value, time) => ({ time, value }));
  expect(drawdowns(curve, 100).map(({ value }) => value)).toEqual([expect.closeTo(-0.1), 0, -0.5, 0]);
  expect(drawdowns(curve)[0]?.value).toBe(0);
  expect(from100(curve).map(({ value }) => Math.round(value))).toEqual([100, 133, 67, 167]);
  expect(from100([])).toEqual([]);
});

test("neighbouring views ask for the same bars, which hold more than is seen", () => {
  const seen = { from: at("2024-03-01"), to: at("2024-03-11") };
  const asked = windowOf(seen);
  expect(windowOf({ from: seen.from + 3600, to: seen.to + 3600 })).toEqual(asked);
  expect(asked.from).toBeLessThan(seen.from);
  expect(asked.to).toBeGreaterThan(seen.to);
  expect((asked.to - asked.from) / (seen.to - seen.from)).toBeLessThanOrEqual(8);
});

test("a stretch of time is read off the address, and nonsense is none", () => {
  const span = spanIn(new URLSearchParams("from=2024-01-01T00:00:00Z&to=2024-02-01T00:00:00Z"));
  expect(span).toEqual({ from: at("2024-01-01"), to: at("2024-02-01") });
  expect(spanIn(new URLSearchParams("from=2024-02-01&to=2024-01-01"))).toBeNull();
  expect(spanIn(new URLSearchParams("from=soon"))).toBeNull();
  expect(around({ from: 0, to: 10 }, 60)).toEqual({ from: -2400, to: 2410 });
});

test("an indicator stands where its strategy wants it", () => {
  const series = { symbol: "AAPL", timeframe: "1d", timestamp: ["2024-01-01T00:00:00Z"], total: 1, downsampled: false };
  const drawn = (place: "over" | "below" | null, value: number) =>
    linesOf(BARS, [{ ...series, name: "x", place, values: [value] }])[0]?.isOver;
  expect([drawn(null, 11), drawn(null, 900), drawn("below", 11), drawn("over", 900)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("a label stands whole within its axis", () => {
  expect(inside(100, 40, 200)).toBe(100);
  expect(inside(3, 40, 200)).toBe(22);
  expect(inside(199, 40, 200)).toBe(178);
  expect(inside(3, 40, 30)).toBe(15);
});

test("timeframes have their length", () => {
  expect(["1m", "4h", "1d", "1w", "1mo", null].map(barSeconds)).toEqual([60, 14_400, DAY, 7 * DAY, 30 * DAY, DAY]);
});

test("an indicator has its newest value at each bar, and over the price only what is of its size", () => {
  const indicator = {
    name: "sma",
    symbol: "AAPL",
    timeframe: "1d",
    place: null,
    timestamp: ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"],
    values: [null, 11, 12.5],
    total: 3,
    downsampled: false,
  };
  const line = onBars(BARS, indicator);
  expect(line).toEqual([
    { time: at("2024-01-02"), value: 11 },
    { time: at("2024-01-04"), value: 12.5 },
  ]);
  expect(isOverPrice(BARS, line)).toBe(true);
  expect(
    isOverPrice(
      BARS,
      [70, 30].map((value) => ({ time: at("2024-01-03"), value })),
    ),
  ).toBe(false);
});

test("a trade stands on the bars in which it began and ended", () => {
  expect(barAt(BARS, at("2024-01-03"))).toBe(1);
  expect(barAt(BARS, 0)).toBe(-1);
  const [drawn, ...rest] = tradesOn(BARS, [
    aTrade(1, { entry_time: "2024-01-02T14:30:00Z", exit_time: "2024-01-04T14:30:00Z" }),
    aTrade(2, { entry_time: "2020-01-02T14:30:00Z", exit_time: "2020-01-04T14:30:00Z" }),
  ]);
  expect(rest).toEqual([]);
  expect(drawn).toMatchObject({
    number: 1,
    isLong: true,
    hasGained: false,
    entry: { time: at("2024-01-02"), price: 100.5 },
  });
  expect(drawn?.exit.time).toBe(at("2024-01-04"));
  expect(tradesOn([], [aTrade(1)])).toEqual([]);
});

test("a sparkline fills its box, and what never moves is flat", () => {
  expect(points([1, 3, 2])).toBe("0.0,22.5 48.0,1.5 96.0,12.0");
  expect(points([2, 2])).toBe("0.0,12.0 96.0,12.0");
});

test("the whole of a chart leaves room for half a word at both ends, whatever its width", () => {
  for (const [count, width] of [
    [3_000, 1_000],
    [40, 200],
  ] as const) {
    const { from, to } = wholeOf(count, width);
    const pixels = width / (to - from + 1);
    expect(Math.abs(-from * pixels - 22)).toBeLessThan(1);
    expect(to - (count - 1)).toBeCloseTo(-from);
  }
  expect(wholeOf(1, 0)).toEqual({ from: -1, to: 1 });
});
