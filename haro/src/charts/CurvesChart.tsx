/** Equity curves, and under them on the same time axis how far each is below its high. Loaded when it is needed. */
import { useMemo } from "react";

import { money, percent } from "~/format/figures";

import { type Curve, drawdowns, digitsOf } from "./curves";
import type { Pane } from "./panes";
import PanesChart from "./PanesChart";

interface CurvesChartProps {
  /** Read out in place of the picture. */
  label: string;
  curves: Curve[];
  /** Of the first curve: a high that it begins below. */
  start?: number | null;
  className?: string;
  isLog?: boolean;
  /** What else stands below, on the same time axis. */
  below?: Pane[];
}

const NONE: Pane[] = [];

export default function CurvesChart({ curves, start, isLog = false, below = NONE, ...rest }: CurvesChartProps) {
  const panes = useMemo(() => [...panesOf(curves, start, isLog), ...below], [curves, start, isLog, below]);
  return <PanesChart {...rest} panes={panes} />;
}

function panesOf(curves: Curve[], start: number | null | undefined, isLog: boolean): Pane[] {
  const digits = Math.max(0, ...curves.map(({ points }) => digitsOf(points)));
  const isAlone = curves.length <= 2;
  const falls = curves.flatMap(({ isQuiet, points, colour, name }, at) =>
    isQuiet
      ? []
      : [
          {
            name: isAlone ? "Drawdown" : `${name}, drawdown`,
            colour: isAlone ? ("loss" as const) : colour,
            points: drawdowns(points, at === 0 ? start : undefined),
            shade: isAlone ? 0.25 : 0,
          },
        ],
  );
  return [
    { lines: curves, format: (value) => money(value, digits), height: 1, isLog },
    { lines: falls, format: (value) => percent(value), height: 0.4, step: 0.0001 },
  ];
}
