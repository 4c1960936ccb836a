/** Bars with volume, indicators and trades. It says which stretch of time is looked at. Loaded when it is needed. */
import {
  CandlestickSeries,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  type PriceFormatCustom,
  type Time,
} from "lightweight-charts";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { exact } from "~/format/figures";

import { type Bar, type DrawnTrade, type Indicator, isOverPrice, onBars } from "./candles";
import { colour } from "./theme";
import { CURVES } from "./tokens";
import { TradeMarks } from "./TradeMarks";
import { useChart } from "./useChart";
import { type Span, wholeOf } from "./window";

interface CandleChartProps {
  label: string;
  bars: Bar[];
  isDaily: boolean;
  indicators: Indicator[];
  trades: DrawnTrade[];
  /** The trade that stands out. */
  lit: number | null;
  /** What to show when bars come; null: all of them. */
  span: Span | null;
  onSpan: (span: Span) => void;
  onTrade: (number: number) => void;
}

interface Drawn {
  chart: IChartApi;
  price: ISeriesApi<"Candlestick">;
  volume: ISeriesApi<"Histogram">;
  lines: ISeriesApi<"Line">[];
  marks: TradeMarks;
}

const REST_MS = 300;

export default function CandleChart(props: CandleChartProps) {
  const { label, bars, isDaily, indicators, trades, lit, span } = props;
  const drawn = useRef<Drawn | null>(null);
  const lines = useMemo(() => linesOf(bars, indicators), [bars, indicators]);
  const hear = useRef({ ...props, lines });
  useEffect(() => {
    hear.current = { ...props, lines };
  });
  const draw = useCallback((chart: IChartApi) => {
    const made = (drawn.current = emptied(chart));
    const { bars: now, lines: over, trades: all, lit: which, span: seen } = hear.current;
    fill(made, now, over);
    made.marks.show(all);
    made.marks.light(which);
    look(chart, now, seen);
    return listen(chart, made.marks, () => hear.current);
  }, []);
  const element = useChart(isDaily, draw);
  useEffect(() => {
    if (!drawn.current) return;
    fill(drawn.current, bars, lines);
    look(drawn.current.chart, bars, hear.current.span);
  }, [bars, lines]);
  useEffect(() => drawn.current?.marks.show(trades), [trades]);
  useEffect(() => drawn.current?.marks.light(lit), [lit]);
  const [from, to] = [span?.from, span?.to];
  useEffect(() => {
    const seen = from === undefined || to === undefined ? null : { from, to };
    if (drawn.current) look(drawn.current.chart, hear.current.bars, seen);
  }, [from, to]);
  return <div ref={element} role="img" aria-label={label} className="h-[30rem] max-md:h-96" />;
}

/** The series, without data. */
function emptied(chart: IChartApi): Drawn {
  const [up, down] = [colour("gain"), colour("loss")];
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  const price = chart.addSeries(CandlestickSeries, {
    upColor: up,
    downColor: down,
    wickUpColor: up,
    wickDownColor: down,
    borderVisible: false,
    priceLineVisible: false,
  });
  price.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.22 } });
  const marks = new TradeMarks();
  price.attachPrimitive(marks);
  return { chart, price, volume, lines: [], marks };
}

/** Under the price is room for the volume: there is no price where none was below nought. */
function priceFormat(bars: Bar[]): PriceFormatCustom {
  const least = bars.some(({ low }) => low < 0) ? -Infinity : 0;
  return {
    type: "custom",
    formatter: (value: number) => (value < least ? "" : exact(Number(value.toPrecision(7)), 2)),
    minMove: 1e-8,
  };
}

function fill(drawn: Drawn, bars: Bar[], lines: Line[]): void {
  drawn.price.applyOptions({ priceFormat: priceFormat(bars) });
  const [rose, fell] = [colour("gain", 0.35), colour("loss", 0.35)];
  drawn.volume.setData(
    bars.map((bar) => ({ time: bar.time as Time, value: bar.volume, color: bar.close >= bar.open ? rose : fell })),
  );
  drawn.price.setData(bars.map((bar) => ({ ...bar, time: bar.time as Time })));
  drawn.lines.forEach((line) => drawn.chart.removeSeries(line));
  drawn.lines = lines.map((one, index) => drawLine(drawn.chart, one, index));
  drawn.chart
    .panes()
    .slice(1)
    .forEach((pane) => pane.setStretchFactor(0.3));
}

interface Line {
  name: string;
  points: { time: number; value: number }[];
  isOver: boolean;
}

function linesOf(bars: Bar[], indicators: Indicator[]): Line[] {
  return indicators.map((one) => {
    const points = onBars(bars, one);
    return { name: one.name, points, isOver: isOverPrice(bars, points) };
  });
}

/** Over the price, or under it all together in a pane of their own. */
function drawLine(chart: IChartApi, { points, isOver }: Line, index: number): ISeriesApi<"Line"> {
  const line = chart.addSeries(
    LineSeries,
    {
      color: colour(CURVES[index % CURVES.length] ?? "accent"),
      lineWidth: 1,
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
      priceFormat: { type: "custom", formatter: (value: number) => exact(Number(value.toPrecision(5))), minMove: 1e-8 },
    },
    isOver ? 0 : 1,
  );
  line.setData(points.map(({ time, value }) => ({ time: time as Time, value })));
  return line;
}

function look(chart: IChartApi, bars: Bar[], span: Span | null): void {
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return;
  if (!span || span.to < first.time || span.from > last.time) {
    chart.timeScale().setVisibleLogicalRange(wholeOf(bars.length, chart.timeScale().width()));
    return;
  }
  const now = chart.timeScale().getVisibleRange();
  if (now && isNear(Number(now.from), span.from, span) && isNear(Number(now.to), span.to, span)) return;
  const [from, to] = [Math.max(span.from, first.time), Math.min(span.to, last.time)];
  if (from < to) chart.timeScale().setVisibleRange({ from: from as Time, to: to as Time });
}

const isNear = (here: number, there: number, { from, to }: Span) => Math.abs(here - there) < (to - from) * 0.03;

/** Tells of a stretch that is looked at once it rests, and of trades that are clicked. */
function listen(chart: IChartApi, marks: TradeMarks, heard: () => CandleChartProps): () => void {
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isMoved = false;
  const element = chart.chartElement();
  const move = () => {
    isMoved = true;
  };
  // On the way down: the chart has moved and told of it by the time that the event comes up again.
  for (const type of ["wheel", "pointerdown", "touchstart"] as const)
    element.addEventListener(type, move, { passive: true, capture: true });
  chart.timeScale().subscribeVisibleTimeRangeChange((range) => {
    clearTimeout(rest);
    if (range && isMoved)
      rest = setTimeout(() => heard().onSpan({ from: Number(range.from), to: Number(range.to) }), REST_MS);
  });
  chart.subscribeClick(({ point }) => {
    const number = point ? marks.near(point) : null;
    if (number !== null) heard().onTrade(number);
  });
  return () => clearTimeout(rest);
}
