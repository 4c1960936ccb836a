/** A chart in an element, for as long as the element is there; drawn anew when theme or zone change. */
import { createChart, type IChartApi } from "lightweight-charts";
import { useEffect, useRef } from "react";

import { usePreferences, useShownTheme, useZone } from "~/app/preferences";

import { chartOptions } from "./theme";

/** `draw` puts its series on a fresh chart, and returns what ends with it. Keep it stable: another one draws anew. */
export function useChart(isDaily: boolean, draw: (chart: IChartApi) => (() => void) | undefined) {
  const element = useRef<HTMLDivElement>(null);
  const zone = useZone();
  const theme = useShownTheme();
  const { gains } = usePreferences();
  useEffect(() => {
    if (!element.current) return undefined;
    const chart = createChart(element.current, chartOptions(zone, isDaily));
    const end = draw(chart);
    return () => {
      end?.();
      chart.remove();
    };
  }, [draw, isDaily, zone, theme, gains]);
  return element;
}
