/** Equity curves, and under them on the same time axis how far each is below its high. Loaded when it is needed. */
import { AreaSeries, type IChartApi, LineSeries, LineStyle, type Time } from "lightweight-charts";
import { useCallback, useMemo } from "react";

import { money, percent } from "~/format/figures";

import { type Curve, drawdowns, isDaily, type Point } from "./curves";
import { colour } from "./theme";
import { useChart } from "./useChart";
import { wholeOf } from "./window";

interface CurvesChartProps {
  /** Read out in place of the picture. */
  label: string;
  curves: Curve[];
  /** Of the first curve: a high that it begins below. */
  start?: number | null;
  className?: string;
}

export default function CurvesChart({ label, curves, start, className }: CurvesChartProps) {
  const daily = useMemo(() => curves.every(({ points }) => isDaily(points)), [curves]);
  const draw = useCallback(
    (chart: IChartApi) => {
      curves.forEach((curve, index) => drawCurve(chart, curve, index === 0 ? start : undefined, curves.length));
      chart.panes()[1]?.setStretchFactor(0.4);
      chart.timeScale().setVisibleLogicalRange(wholeOf(instants(curves), chart.timeScale().width()));
      return undefined;
    },
    [curves, start],
  );
  const element = useChart(daily, draw);
  return <div ref={element} role="img" aria-label={label} className={className ?? "h-96 max-md:h-80"} />;
}

const instants = (curves: Curve[]): number =>
  new Set(curves.flatMap(({ points }) => points.map(({ time }) => time))).size;

/** What moves by cents is told in cents. */
function digitsOf(points: Point[]): number {
  const values = points.map(({ value }) => value);
  return values.reduce((a, b) => Math.max(a, b), -Infinity) - values.reduce((a, b) => Math.min(a, b), Infinity) < 100
    ? 2
    : 0;
}

const series = (points: Point[]) => points.map(({ time, value }) => ({ time: time as Time, value }));

function drawCurve(chart: IChartApi, curve: Curve, start: number | null | undefined, many: number): void {
  const digits = digitsOf(curve.points);
  const line = chart.addSeries(LineSeries, {
    color: colour(curve.colour),
    lineWidth: curve.isQuiet ? 1 : 2,
    lineStyle: curve.isQuiet ? LineStyle.Dashed : LineStyle.Solid,
    priceLineVisible: false,
    lastValueVisible: !curve.isQuiet,
    priceFormat: { type: "custom", formatter: (value: number) => money(value, digits), minMove: 0.01 },
  });
  line.setData(series(curve.points));
  if (curve.isQuiet) return;
  const shade = many > 2 ? 0 : 0.25;
  const fall = chart.addSeries(
    AreaSeries,
    {
      lineColor: colour(many > 2 ? curve.colour : "loss"),
      lineWidth: 1,
      topColor: colour("loss", 0),
      bottomColor: colour("loss", shade),
      priceLineVisible: false,
      lastValueVisible: false,
      priceFormat: { type: "custom", formatter: (value: number) => percent(value), minMove: 0.0001 },
    },
    1,
  );
  fall.setData(series(drawdowns(curve.points, start)));
}
