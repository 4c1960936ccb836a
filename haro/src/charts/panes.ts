/** Curves in panes below each other on one axis of time: what is in each, and how it gets onto a chart. */
import {
  AreaSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type Time,
} from "lightweight-charts";

import type { Point } from "./curves";
import { colour } from "./theme";
import type { Token } from "./tokens";

export interface PaneLine {
  name: string;
  colour: Token;
  points: Point[];
  /** A quiet one stands behind the others. */
  isQuiet?: boolean;
  /** A thin one. */
  isFine?: boolean;
  /** The area down from nought is shaded, this strongly: from 0 to 1. */
  shade?: number;
}

export interface Pane {
  lines: PaneLine[];
  /** As the axis and the figures at the crosshair have it. */
  format: (value: number) => string;
  /** Its share of the height, beside the others'. */
  height: number;
  /** The least step between two values. */
  step?: number;
  isLog?: boolean;
}

/** Of a low pane: its lowest and highest figures have room on the axis. */
const MARGINS = { top: 0.22, bottom: 0.18 };

export type Shown = [
  line: Pick<PaneLine, "name" | "colour">,
  series: ISeriesApi<"Line" | "Area">,
  format: Pane["format"],
];

/** The series of all panes, each with what it is called. */
export function drawPanes(chart: IChartApi, panes: Pane[]): Shown[] {
  const shown = panes.flatMap((pane, at) => pane.lines.map((line) => drawLine(chart, line, pane, at)));
  panes.forEach(({ height, isLog = false }, at) => {
    chart.panes()[at]?.setStretchFactor(height);
    if (at > 0) chart.priceScale("right", at).applyOptions({ scaleMargins: MARGINS });
    if (isLog) chart.priceScale("right", at).applyOptions({ mode: PriceScaleMode.Logarithmic });
  });
  return shown;
}

function drawLine(chart: IChartApi, line: PaneLine, { format, step = 0.01 }: Pane, at: number): Shown {
  const shared = {
    priceLineVisible: false,
    // In a low pane it would hide the axis' own few figures.
    lastValueVisible: at === 0 && !line.isQuiet && !line.isFine,
    priceFormat: { type: "custom" as const, formatter: format, minMove: step },
  };
  const width = line.isQuiet || line.isFine || line.shade !== undefined ? 1 : 2;
  const series =
    line.shade === undefined
      ? chart.addSeries(
          LineSeries,
          {
            ...shared,
            color: colour(line.colour),
            lineWidth: width,
            lineStyle: line.isQuiet ? LineStyle.Dashed : LineStyle.Solid,
          },
          at,
        )
      : chart.addSeries(
          AreaSeries,
          {
            ...shared,
            lineColor: colour(line.colour),
            lineWidth: width,
            topColor: colour("loss", 0),
            bottomColor: colour("loss", line.shade),
          },
          at,
        );
  series.setData(line.points.map(({ time, value }) => ({ time: time as Time, value })));
  return [line, series, format];
}
