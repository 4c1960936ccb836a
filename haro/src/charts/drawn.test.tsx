/** The charts on a library that only remembers what it is told to draw. */
import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aTrade } from "~/testing/runs";

import { barsOf, linesOf, panesOf, tradesOn } from "./candles";
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
  scales: object[];
  applied: object[];
  visible: { from: number; to: number } | null;
  ranges: unknown[];
  heard: Record<string, ((event: object) => void) | undefined>;
  primitives: Primitive[];
  options: { timeScale?: { tickMarkFormatter?: (time: number, type: number) => string } };
}

const drawn = vi.hoisted((): Drawn => ({
  series: [],
  scales: [],
  applied: [],
  visible: null,
  ranges: [],
  heard: {},
  primitives: [],
  options: {},
}));

vi.mock("lightweight-charts", () => {
  const timeScale = () => ({
    width: () => 600,
    setVisibleLogicalRange: ({ from, to }: { from: number; to: number }) =>
      drawn.ranges.push(from < 0 && to > 0 ? "all" : { from, to }),
    setVisibleRange: (range: unknown) => drawn.ranges.push(range),
    getVisibleRange: () => drawn.visible,
    getVisibleLogicalRange: () => ({ from: 0, to: 10 }),
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
          priceScale: () => ({ applyOptions: (options: object) => drawn.scales.push(options) }),
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
      priceScale: () => ({ applyOptions: (options: object) => drawn.scales.push(options) }),
      applyOptions: (options: object) => drawn.applied.push(options),
      options: () => options,
      subscribeCrosshairMove: (hear: (event: object) => void) => (drawn.heard.crosshair = hear),
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
    PriceScaleMode: { Normal: 0, Logarithmic: 1 },
    LineStyle: { Solid: 0, Dashed: 2 },
    TickMarkType: { Year: 0, Month: 1, DayOfMonth: 2, Time: 3, TimeWithSeconds: 4 },
  };
});

beforeEach(() => {
  drawn.series = [];
  drawn.scales = [];
  drawn.applied = [];
  drawn.visible = null;
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
  expect(drawn.series.map(({ kind, pane }) => `${kind} ${pane}`)).toEqual(["line 0", "line 0", "area 1"]);
  expect(drawn.series[2]?.data).toEqual([
    { time: 86_400, value: 0 },
    { time: 172_800, value: expect.closeTo(-0.2) as number },
  ]);
  expect(drawn.series[2]?.options.priceFormat?.formatter?.(-0.2)).toContain("20.00");
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
  place: null,
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
      lines={linesOf(BARS, [indicator("sma", 100), indicator("rsi", 30)])}
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
  layer(MARKS); // what was drawn can be clicked
  drawn.heard.click?.({ point: { x: (FIRST % 1000) + 3, y: 100 } });
  expect(onTrade).toHaveBeenCalledWith(7);
  drawn.heard.click?.({ point: { x: 5000, y: 5000 } });
  expect(onTrade).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

const [OVERLAYS, MARKS] = [0, 1];

/** What one of the layers over the bars draws. */
function layer(which: number) {
  const context = { ...canvas(), globalAlpha: 1 };
  act(() =>
    drawn.primitives[which]
      ?.paneViews()[0]
      ?.renderer()
      ?.draw({
        useMediaCoordinateSpace: (draw: (scope: object) => void) => draw({ context, mediaSize: { height: 300 } }),
      }),
  );
  return context;
}

test("trades are drawn as two arrows and a line", () => {
  render(candles());
  const context = layer(MARKS);
  expect(context.stroke).toHaveBeenCalledTimes(1);
  expect(context.fill).toHaveBeenCalledTimes(2);
});

test("of many trades in one place the largest is drawn, the one that stands out before it, and the rest are counted", () => {
  const crowd = Array.from({ length: 2_000 }, (_, at) => ({ ...aTrade(at), pnl: String(at) }));
  render(candles({ trades: tradesOn(BARS, crowd), lit: null }));
  expect(layer(MARKS).stroke).toHaveBeenCalledTimes(1);
  expect(screen.getByText(/^1 of 2\D000 trades drawn/)).toBeInTheDocument();
});

test("levels of open orders and splits are drawn where they are in view", () => {
  drawn.visible = { from: FIRST, to: LAST };
  const levels = [
    { kind: "stop" as const, from: FIRST, to: LAST, price: 95 },
    { kind: "target" as const, from: FIRST - 9e6, to: FIRST - 8e6, price: 110 },
  ];
  render(candles({ levels, happenings: [{ time: FIRST, text: "Split 4:1" }] }));
  const context = layer(OVERLAYS);
  expect(context.stroke).toHaveBeenCalledTimes(2);
  expect(context.fillText).toHaveBeenCalledTimes(1);
});

test("indicators of one call share a pane beneath, and each call has one of its own", () => {
  const line = (name: string) => ({ name, points: [], isOver: false });
  const names = ["macd(a).macd", "macd(a).signal", "rsi(a)", "atr(a)", "b", "c"];
  expect(panesOf([...names.map(line), { ...line("sma(a)"), isOver: true }])).toEqual([1, 1, 2, 3, 4, 4, 0]);
});

test("prices and equity have a scale of powers where that is asked for", () => {
  render(candles({ isLog: true }));
  render(<CurvesChart label="Equity" isLog curves={[{ name: "Equity", colour: "accent", points: POINTS }]} />);
  expect(drawn.scales.filter((one) => "mode" in one)).toContainEqual({ mode: 1 });
});

test("values under the pointer stand above the chart", () => {
  render(candles());
  const bar = { open: 100, high: 102, low: 99, close: 101 };
  act(() => drawn.heard.crosshair?.({ time: FIRST, seriesData: { get: () => bar } }));
  expect(screen.getByText("102").parentElement).toHaveTextContent(/2024-01-03.*open 100.*close 101/);
  act(() => drawn.heard.crosshair?.({ seriesData: { get: () => undefined } }));
  expect(screen.queryByText("102")).toBeNull();
});

test("the wheel is the page's until the chart is clicked, and keys move and zoom", () => {
  render(candles());
  const chart = screen.getByRole("img", { name: "Bars" });
  expect(drawn.applied.at(-1)).toMatchObject({ handleScale: { mouseWheel: false } });
  fireEvent.pointerDown(chart);
  expect(drawn.applied.at(-1)).toMatchObject({ handleScale: { mouseWheel: true } });
  fireEvent.pointerLeave(chart);
  expect(drawn.applied.at(-1)).toMatchObject({ handleScale: { mouseWheel: false } });
  fireEvent.keyDown(chart, { key: "ArrowRight" });
  expect(drawn.ranges.at(-1)).toEqual({ from: 1, to: 11 });
  fireEvent.keyDown(chart, { key: "x" });
  expect(drawn.ranges.at(-1)).toEqual({ from: 1, to: 11 });
});

test("marks of the time axis are short", () => {
  render(candles());
  const mark = drawn.options.timeScale?.tickMarkFormatter;
  expect([0, 1, 2].map((type) => mark?.(FIRST, type))).toEqual(["2024", "Jan", "3"]);
});

function canvas() {
  const names = ["beginPath", "moveTo", "lineTo", "stroke", "setLineDash", "closePath", "fill", "fillText"] as const;
  const text = { measureText: () => ({ width: 40 }) };
  return Object.assign(
    text,
    Object.fromEntries(names.map((name) => [name, vi.fn()])) as Record<
      (typeof names)[number],
      ReturnType<typeof vi.fn>
    >,
  );
}
