/** Curves in panes below each other on one axis of time, with their values where the pointer is. */
import type { IChartApi } from "lightweight-charts";
import { useCallback, useMemo, useRef } from "react";

import { isDaily } from "./curves";
import { drawPanes, type Pane } from "./panes";
import { readOut, Readout } from "./Readout";
import { useChart } from "./useChart";
import { wholeOf } from "./window";

interface PanesChartProps {
  /** Read out in place of the picture. */
  label: string;
  panes: Pane[];
  className?: string;
}

export default function PanesChart({ label, panes, className }: PanesChartProps) {
  const told = useRef<HTMLParagraphElement>(null);
  const times = useMemo(
    () => panes.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ time }) => time))),
    [panes],
  );
  const daily = useMemo(() => isDaily(times), [times]);
  const draw = useCallback(
    (chart: IChartApi) => {
      const shown = drawPanes(chart, panes);
      chart.timeScale().setVisibleLogicalRange(wholeOf(new Set(times).size, chart.timeScale().width()));
      readOut(chart, told.current, ({ seriesData }) =>
        shown.flatMap(([{ name, colour }, series, format]) => {
          const found = seriesData.get(series);
          return found && "value" in found ? [{ name, colour, value: format(found.value) }] : [];
        }),
      );
      return undefined;
    },
    [panes, times],
  );
  const element = useChart(daily, draw);
  return (
    <div>
      <Readout told={told} />
      <div ref={element} role="img" aria-label={label} className={className ?? "h-96 max-md:h-80"} />
    </div>
  );
}
