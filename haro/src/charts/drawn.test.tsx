/** The charts on a library that only remembers what it is told to draw. */
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aTrade } from "~/testing/runs";

import { barsOf, tradesOn } from "./candles";
import CandleChart from "./CandleChart";
import CurvesChart from "./CurvesChart";

interface Made {
  kind: string;
  pane: number;
  data: unknown[];
  options: { priceFormat?: { formatter?: (value: number) => string } };
}

interface Primitive {
  attached: (to: object) => void;
  paneViews: () => { renderer: () => { draw: (target: object) => void } | null }[];
}

interface Drawn {
  series: Made[];
  ranges: unknown[];
  heard: Record<string, ((event: object) => void) | undefined>;
  primitives: Primitive[];
  options: { timeScale?: { tickMarkFormatter?: (time: number, type: number) => string } };
}

const drawn = vi.hoisted((): Drawn => ({ series: [], ranges: [], heard: {}, primitives: [], options: {} }));

vi.mock("lightweight-charts", () => {
  const timeScale = () => ({
    width: () => 600,
    setVisibleLogicalRange: ({ from, to }: { from: number; to: number }) =>
      drawn.ranges.push(from < 0 && to > 0 ? "all" : { from, to }),
    setVisibleRange: (range: unknown) => drawn.ranges.push(range),
    getVisibleRange: () => null,
    timeToCoordinate: (time: number) => time % 1000,
    subscribeVisibleTimeRangeChange: (hear: (event: object) => void) => (drawn.heard.range = hear),
  });
  const chart = (element: HTMLElement, options: object) => {
    Object.assign(drawn.options, options);
    const made = {
      addSeries: (kind: string, options: never, pane = 0) => {
        const one = { kind, pane, options, data: [] as unknown[] };
        drawn.series.push(one);
        return {
          setData: (data: unknown[]) => (one.data = data),
          applyOptions: (options: object) => Object.assign(one.options, options),
          priceScale: () => ({ applyOptions: () => undefined }),
          priceToCoordinate: (price: number) => price,
          attachPrimitive: (primitive: Primitive) => {
            drawn.primitives.push(primitive);
            primitive.attached({
              chart: made,
              series: { priceToCoordinate: (price: number) => price },
              requestUpdate: () => undefined,
            });
          },
        };
      },
      removeSeries: () => undefined,
      panes: () => [{ setStretchFactor: () => undefined }, { setStretchFactor: () => undefined }],
      timeScale,
      chartElement: () => element,
      subscribeClick: (hear: (event: object) => void) => (drawn.heard.click = hear),
      remove: () => undefined,
    };
    return made;
  };
  return {
    createChart: chart,
    AreaSeries: "area",
    LineSeries: "line",
    CandlestickSeries: "candles",
    HistogramSeries: "volume",
    ColorType: { Solid: "solid" },
    CrosshairMode: { Normal: 0 },
    LineStyle: { Solid: 0, Dashed: 2 },
    TickMarkType: { Year: 0, Month: 1, DayOfMonth: 2, Time: 3, TimeWithSeconds: 4 },
  };
});

beforeEach(() => {
  drawn.series = [];
  drawn.ranges = [];
  drawn.primitives = [];
});

const POINTS = [
  { time: 86_400, value: 100 },
  { time: 172_800, value: 80 },
];

test("each curve but a quiet one has its drawdown below", () => {
  render(
    <CurvesChart
      label="Equity"
      curves={[
        { name: "Equity", colour: "accent", points: POINTS },
        { name: "Held", colour: "soft", points: POINTS, isQuiet: true },
      ]}
    />,
  );
  expect(screen.getByRole("img", { name: "Equity" })).toBeInTheDocument();
  expect(drawn.series.map(({ kind, pane }) => `${kind} ${pane}`)).toEqual(["line 0", "area 1", "line 0"]);
  expect(drawn.series[1]?.data).toEqual([
    { time: 86_400, value: 0 },
    { time: 172_800, value: expect.closeTo(-0.2) as number },
  ]);
  expect(drawn.series[1]?.options.priceFormat?.formatter?.(-0.2)).toContain("20.00");
  expect(drawn.ranges).toEqual(["all"]);
});

const BARS = barsOf(
  ["2024-01-03", "2024-01-04", "2024-01-05"].map((day) => ({
    timestamp: `${day}T00:00:00Z`,
    end: `${day}T23:59:59Z`,
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    volume: 7,
  })),
);
const [FIRST, LAST] = [BARS[0]?.time ?? 0, BARS[2]?.time ?? 0];
const indicator = (name: string, value: number) => ({
  name,
  symbol: "AAPL",
  timeframe: "1d",
  timestamp: ["2024-01-03T00:00:00Z"],
  values: [value],
  total: 1,
  downsampled: false,
});

function candles(over: Partial<Parameters<typeof CandleChart>[0]> = {}) {
  return (
    <CandleChart
      label="Bars"
      bars={BARS}
      isDaily
      indicators={[indicator("sma", 100), indicator("rsi", 30)]}
      trades={tradesOn(BARS, [aTrade(7)])}
      lit={7}
      span={null}
      onSpan={() => undefined}
      onTrade={() => undefined}
      {...over}
    />
  );
}

test("bars have volume, indicators of the price's size over them and others below", () => {
  render(candles());
  const filled = drawn.series.filter(({ data }) => data.length > 0);
  expect(filled.map(({ kind, pane }) => `${kind} ${pane}`)).toContain("candles 0");
  expect(filled.filter(({ kind }) => kind === "line").map(({ pane }) => pane)).toContain(0);
  expect(filled.filter(({ kind }) => kind === "line").map(({ pane }) => pane)).toContain(1);
  expect(drawn.ranges).toContain("all");
});

test("a stretch of time in the address is gone to, as far as there are bars", () => {
  render(candles({ span: { from: FIRST - 1000, to: LAST - 10 } }));
  expect(drawn.ranges).toContainEqual({ from: FIRST, to: LAST - 10 });
});

test("a move by hand is told once it rests, and a click near an arrow names its trade", () => {
  vi.useFakeTimers();
  const [onSpan, onTrade] = [vi.fn(), vi.fn()];
  render(candles({ onSpan, onTrade }));
  drawn.heard.range?.({ from: 1, to: 2 });
  vi.advanceTimersByTime(1000);
  expect(onSpan).not.toHaveBeenCalled();
  const inner = document.createElement("canvas"); // where the chart hears the wheel first, moves, and tells of it
  inner.addEventListener("wheel", () => drawn.heard.range?.({ from: 1, to: 2 }));
  screen.getByRole("img", { name: "Bars" }).append(inner);
  inner.dispatchEvent(new Event("wheel", { bubbles: true }));
  vi.advanceTimersByTime(1000);
  expect(onSpan).toHaveBeenCalledWith({ from: 1, to: 2 });
  drawn.heard.click?.({ point: { x: (FIRST % 1000) + 3, y: 100 } });
  expect(onTrade).toHaveBeenCalledWith(7);
  drawn.heard.click?.({ point: { x: 5000, y: 5000 } });
  expect(onTrade).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test("trades are drawn as two arrows and a line", () => {
  render(candles());
  const context = { ...canvas(), globalAlpha: 1 };
  drawn.primitives[0]
    ?.paneViews()[0]
    ?.renderer()
    ?.draw({ useMediaCoordinateSpace: (draw: (scope: object) => void) => draw({ context }) });
  expect(context.stroke).toHaveBeenCalledTimes(1);
  expect(context.fill).toHaveBeenCalledTimes(2);
});

test("marks of the time axis are short", () => {
  render(candles());
  const mark = drawn.options.timeScale?.tickMarkFormatter;
  expect([0, 1, 2].map((type) => mark?.(FIRST, type))).toEqual(["2024", "Jan", "3"]);
});

function canvas() {
  const names = ["beginPath", "moveTo", "lineTo", "stroke", "setLineDash", "closePath", "fill"] as const;
  return Object.fromEntries(names.map((name) => [name, vi.fn()])) as Record<
    (typeof names)[number],
    ReturnType<typeof vi.fn>
  >;
}
