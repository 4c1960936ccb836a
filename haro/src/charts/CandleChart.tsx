/** Bars with volume, indicators and trades. It says which stretch of time is looked at. Loaded when it is needed. */
import {
  CandlestickSeries,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  type MouseEventParams,
  type PriceFormatCustom,
  PriceScaleMode,
  type Time,
} from "lightweight-charts";
import { type CSSProperties, useCallback, useEffect, useRef, useState } from "react";

import { count, exact } from "~/format/figures";

import { type Bar, type ChartLine, type DrawnTrade, panesOf } from "./candles";
import { type Happening, type Level, Overlays } from "./Overlays";
import { readOut, Readout, type Told } from "./Readout";
import { colour } from "./theme";
import { CURVES } from "./tokens";
import { TradeMarks } from "./TradeMarks";
import { useChart } from "./useChart";
import { type Span, wholeOf } from "./window";

interface CandleChartProps {
  label: string;
  bars: Bar[];
  isDaily: boolean;
  lines: ChartLine[];
  trades: DrawnTrade[];
  levels?: Level[];
  happenings?: Happening[];
  isLog?: boolean;
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
  lines: [line: ChartLine, series: ISeriesApi<"Line">][];
  marks: TradeMarks;
  overlays: Overlays;
}

const NO_LEVELS: Level[] = [];
const NO_HAPPENINGS: Happening[] = [];

const REST_MS = 300;

export default function CandleChart(props: CandleChartProps) {
  const { label, bars, isDaily, lines, trades, lit, span, isLog = false } = props;
  const { levels = NO_LEVELS, happenings = NO_HAPPENINGS } = props;
  const drawn = useRef<Drawn | null>(null);
  const told = useRef<HTMLParagraphElement>(null);
  const [crowd, setCrowd] = useState<[drawn: number, inView: number]>([0, 0]);
  const hear = useRef(props);
  useEffect(() => {
    hear.current = props;
  });
  const draw = useCallback((chart: IChartApi) => {
    const made = (drawn.current = emptied(chart, (few, all) =>
      setCrowd((before) => (before[0] === few && before[1] === all ? before : [few, all])),
    ));
    const now = hear.current;
    fill(made, now.bars, now.lines);
    scaled(made, now.isLog ?? false);
    made.marks.show(now.trades);
    made.marks.light(now.lit);
    made.overlays.show(now.levels ?? NO_LEVELS, now.happenings ?? NO_HAPPENINGS);
    look(chart, now.bars, now.span);
    readOut(chart, told.current, (event) => toldOf(made, event));
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
  useEffect(() => drawn.current?.overlays.show(levels, happenings), [levels, happenings]);
  useEffect(() => {
    if (drawn.current) scaled(drawn.current, isLog);
  }, [isLog]);
  const [from, to] = [span?.from, span?.to];
  useEffect(() => {
    const seen = from === undefined || to === undefined ? null : { from, to };
    if (drawn.current) look(drawn.current.chart, hear.current.bars, seen);
  }, [from, to]);
  return (
    <div>
      <Readout told={told} />
      <div
        ref={element}
        role="img"
        aria-label={label}
        className="h-[calc(28rem+var(--beneath)*6rem)] max-md:h-[calc(22rem+var(--beneath)*5rem)]"
        style={{ "--beneath": Math.max(0, ...panesOf(lines)) } as CSSProperties}
      />
      {crowd[1] > crowd[0] && (
        <p className="mt-1 text-label text-faint">
          {count(crowd[0])} of {count(crowd[1])} trades drawn, of each place the largest: zoom in for all.
        </p>
      )}
    </div>
  );
}

/** The bar under the pointer, and the indicators at it. */
function toldOf({ price, lines }: Drawn, { seriesData }: MouseEventParams): Told[] {
  const bar = seriesData.get(price);
  if (!bar || !("open" in bar)) return [];
  const ends = (["open", "high", "low", "close"] as const).map((name) => ({ name, value: rounded(bar[name], 7) }));
  const others = lines.flatMap(([{ name }, series], at) => {
    const found = seriesData.get(series);
    return found && "value" in found ? [{ name, value: rounded(found.value, 5), colour: colourOf(at) }] : [];
  });
  return [...ends, ...others];
}

const rounded = (value: number, digits: number): string => exact(Number(value.toPrecision(digits)));
const colourOf = (index: number) => CURVES[index % CURVES.length] ?? "accent";

/** The series, without data. */
function emptied(chart: IChartApi, onDrawn: (drawn: number, inView: number) => void): Drawn {
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
  const [marks, overlays] = [new TradeMarks(onDrawn), new Overlays()];
  price.attachPrimitive(overlays);
  price.attachPrimitive(marks);
  return { chart, price, volume, lines: [], marks, overlays };
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

function fill(drawn: Drawn, bars: Bar[], lines: ChartLine[]): void {
  drawn.price.applyOptions({ priceFormat: priceFormat(bars) });
  const [rose, fell] = [colour("gain", 0.35), colour("loss", 0.35)];
  drawn.volume.setData(
    bars.map((bar) => ({ time: bar.time as Time, value: bar.volume, color: bar.close >= bar.open ? rose : fell })),
  );
  drawn.price.setData(bars.map((bar) => ({ ...bar, time: bar.time as Time })));
  drawn.lines.forEach(([, series]) => drawn.chart.removeSeries(series));
  const panes = panesOf(lines);
  drawn.lines = lines.map((line, index) => [line, drawLine(drawn.chart, line, index, panes[index] ?? 0)]);
  drawn.chart
    .panes()
    .slice(1)
    .forEach((pane) => pane.setStretchFactor(0.23));
}

const scaled = ({ price }: Drawn, isLog: boolean) =>
  price.priceScale().applyOptions({ mode: isLog ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });

function drawLine(chart: IChartApi, { points }: ChartLine, index: number, pane: number): ISeriesApi<"Line"> {
  const line = chart.addSeries(
    LineSeries,
    {
      color: colour(colourOf(index)),
      lineWidth: 1,
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
      priceFormat: { type: "custom", formatter: (value: number) => rounded(value, 5), minMove: 1e-8 },
    },
    pane,
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
