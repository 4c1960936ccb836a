/** What lies over the bars besides trades: the levels of orders while they were open, and days of splits. */
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";

import { colour } from "./theme";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** A price at which an order waited, from one bar to another. */
export interface Level {
  kind: "stop" | "target";
  /** Seconds of the bars. */
  from: number;
  to: number;
  price: number;
}

/** Something that happened to the symbol itself, at a bar. */
export interface Happening {
  time: number;
  text: string;
}

export class Overlays implements ISeriesPrimitive {
  private chart: IChartApi | null = null;
  private series: ISeriesApi<"Candlestick"> | null = null;
  private redraw: (() => void) | null = null;
  private levels: Level[] = [];
  private happenings: Happening[] = [];
  private readonly views: IPrimitivePaneView[] = [
    { zOrder: () => "normal", renderer: () => ({ draw: (target: Target) => this.draw(target) }) },
  ];

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

  show(levels: Level[], happenings: Happening[]): void {
    [this.levels, this.happenings] = [levels, happenings];
    this.redraw?.();
  }

  private x(time: number): number | null {
    return this.chart?.timeScale().timeToCoordinate(time as Time) ?? null;
  }

  private draw(target: Target): void {
    const range = this.chart?.timeScale().getVisibleRange();
    if (!range) return;
    const [from, to] = [Number(range.from), Number(range.to)];
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.lineWidth = 1;
      for (const level of this.levels) if (level.to >= from && level.from <= to) this.drawLevel(context, level);
      for (const one of this.happenings)
        if (one.time >= from && one.time <= to) this.drawHappening(context, one, mediaSize.height);
      context.setLineDash([]);
    });
  }

  private drawLevel(context: CanvasRenderingContext2D, { kind, from, to, price }: Level): void {
    const [left, right, y] = [this.x(from), this.x(to), this.series?.priceToCoordinate(price)];
    if (left === null || right === null || y == null) return;
    context.strokeStyle = colour(kind === "stop" ? "loss" : "gain", 0.9);
    context.setLineDash(kind === "stop" ? [2, 2] : [6, 3]);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(Math.max(right, left + 2), y);
    context.stroke();
  }

  private drawHappening(context: CanvasRenderingContext2D, { time, text }: Happening, height: number): void {
    const x = this.x(time);
    if (x === null) return;
    context.strokeStyle = colour("backtest", 0.8);
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.fillStyle = colour("backtest");
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const width = context.measureText(text).width;
    context.fillText(text, x < width + 8 ? x + 4 : x - width - 4, 12);
  }
}
