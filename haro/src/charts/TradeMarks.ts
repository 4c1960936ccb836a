/** Trades on a chart of bars: an arrow where each began and ended, joined by a faint line in the colour of its result. */
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";

import type { DrawnTrade } from "./candles";
import { colour } from "./theme";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

interface Place {
  x: number;
  y: number;
}

const ARROW = 5;
const NEAR = 14;
/** Of the trades that begin within so many pixels, one is drawn where there are more than CROWD in view. */
const APART = 9;
const CROWD = 60;

export class TradeMarks implements ISeriesPrimitive {
  private chart: IChartApi | null = null;
  private series: ISeriesApi<"Candlestick"> | null = null;
  private redraw: (() => void) | null = null;
  private trades: DrawnTrade[] = [];
  private lit: number | null = null;
  /** Those that were drawn last. */
  private seen: DrawnTrade[] = [];
  private readonly onDrawn: (drawn: number, inView: number) => void;
  private readonly views: IPrimitivePaneView[] = [
    { zOrder: () => "top", renderer: () => ({ draw: (target: Target) => this.draw(target) }) },
  ];

  /** `onDrawn` is told how many trades there are in view, and how many of them are drawn. */
  constructor(onDrawn: (drawn: number, inView: number) => void = () => undefined) {
    this.onDrawn = onDrawn;
  }

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter): void {
    this.chart = chart;
    this.series = series as ISeriesApi<"Candlestick">;
    this.redraw = requestUpdate;
  }

  detached(): void {
    this.chart = this.series = this.redraw = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  show(trades: DrawnTrade[]): void {
    this.trades = trades;
    this.redraw?.();
  }

  /** One trade before the others; null: none. */
  light(number: number | null): void {
    this.lit = number;
    this.redraw?.();
  }

  /** The trade whose arrow is near a place. */
  near({ x, y }: Place): number | null {
    let [found, distance]: [number | null, number] = [null, NEAR];
    for (const trade of this.seen)
      for (const end of [trade.entry, trade.exit]) {
        const place = this.place(end);
        const off = place ? Math.hypot(place.x - x, place.y - y) : Infinity;
        if (off < distance) [found, distance] = [trade.number, off];
      }
    return found;
  }

  private place({ time, price }: DrawnTrade["entry"]): Place | null {
    const x = this.chart?.timeScale().timeToCoordinate(time as Time);
    const y = this.series?.priceToCoordinate(price);
    return x == null || y == null ? null : { x, y };
  }

  /** The trades in view; where they stand too close to be told apart, the largest of each place. */
  private chosen(): DrawnTrade[] {
    const range = this.chart?.timeScale().getVisibleRange();
    const inView = range
      ? this.trades.filter(({ entry, exit }) => exit.time >= Number(range.from) && entry.time <= Number(range.to))
      : this.trades;
    const largest = inView.length > CROWD ? this.largest(inView) : inView;
    this.onDrawn(largest.length, inView.length);
    return largest;
  }

  private largest(trades: DrawnTrade[]): DrawnTrade[] {
    const found = new Map<number, DrawnTrade>();
    for (const trade of trades) {
      const column = Math.floor((this.place(trade.entry)?.x ?? 0) / APART);
      const before = found.get(column);
      const isFirst = before?.number !== this.lit && (trade.number === this.lit || trade.size > (before?.size ?? -1));
      if (isFirst) found.set(column, trade);
    }
    return [...found.values()];
  }

  private draw(target: Target): void {
    this.seen = this.chosen();
    const tones = { gain: colour("gain"), loss: colour("loss"), up: colour("accent"), down: colour("warn") };
    target.useMediaCoordinateSpace(({ context }) => {
      for (const trade of this.seen) {
        const [entry, exit] = [this.place(trade.entry), this.place(trade.exit)];
        const isLit = trade.number === this.lit;
        context.globalAlpha = this.lit === null || isLit ? 1 : 0.35;
        if (entry && exit) line(context, entry, exit, trade.hasGained ? tones.gain : tones.loss, isLit);
        const [into, out] = trade.isLong ? [tones.up, tones.down] : [tones.down, tones.up];
        if (entry) arrow(context, entry, trade.isLong, into, isLit);
        if (exit) arrow(context, exit, !trade.isLong, out, isLit);
      }
      context.globalAlpha = 1;
    });
  }
}

function line(context: CanvasRenderingContext2D, from: Place, to: Place, tone: string, isLit: boolean): void {
  context.strokeStyle = tone;
  context.lineWidth = isLit ? 2.5 : 1;
  context.setLineDash(isLit ? [] : [4, 3]);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
  context.setLineDash([]);
}

/** It points at the price: from below where something is bought, from above where it is sold. */
function arrow(context: CanvasRenderingContext2D, at: Place, isUp: boolean, tone: string, isLit: boolean): void {
  const size = isLit ? ARROW * 1.6 : ARROW;
  const down = isUp ? size * 1.8 : -size * 1.8;
  context.fillStyle = tone;
  context.beginPath();
  context.moveTo(at.x, at.y);
  context.lineTo(at.x - size, at.y + down);
  context.lineTo(at.x + size, at.y + down);
  context.closePath();
  context.fill();
}
