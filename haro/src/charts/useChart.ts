/** A chart in an element, for as long as the element is there; drawn anew when theme or zone change. */
import { createChart, type IChartApi } from "lightweight-charts";
import { useEffect, useRef } from "react";

import { usePreferences, useShownTheme, useZone } from "~/app/preferences";

import { chartOptions } from "./theme";
import { keepLabelsWhole } from "./wholeLabels";

/** `draw` puts its series on a fresh chart, and returns what ends with it. Keep it stable: another one draws anew. */
export function useChart(isDaily: boolean, draw: (chart: IChartApi) => (() => void) | undefined) {
  const element = useRef<HTMLDivElement>(null);
  const zone = useZone();
  const theme = useShownTheme();
  const { gains } = usePreferences();
  useEffect(() => {
    if (!element.current) return undefined;
    const chart = createChart(element.current, chartOptions(zone, isDaily));
    keepLabelsWhole(chart);
    const end = draw(chart);
    const calm = calmed(chart, element.current);
    return () => {
      end?.();
      calm();
      chart.remove();
    };
  }, [draw, isDaily, zone, theme, gains]);
  return element;
}

/** The wheel scrolls the page until the chart is clicked or has the focus, so that nobody gets stuck on the way down;
 * arrows and + and − move and zoom. */
function calmed(chart: IChartApi, element: HTMLElement): () => void {
  const wheel = (isOn: boolean) =>
    chart.applyOptions({ handleScroll: { mouseWheel: isOn }, handleScale: { mouseWheel: isOn } });
  const [heard, left] = [new AbortController(), () => document.activeElement !== element && wheel(false)];
  const { signal } = heard;
  wheel(document.activeElement === element);
  element.tabIndex = 0;
  element.addEventListener("pointerdown", () => wheel(true), { signal });
  element.addEventListener("focus", () => wheel(true), { signal });
  element.addEventListener("blur", () => wheel(false), { signal });
  element.addEventListener("pointerleave", left, { signal });
  element.addEventListener("keydown", (event) => pressed(chart, event), { signal });
  return () => heard.abort();
}

const KEYS: Record<string, [shift: number, factor: number] | undefined> = {
  ArrowLeft: [-0.1, 1],
  ArrowRight: [0.1, 1],
  "+": [0, 0.7],
  "=": [0, 0.7],
  "-": [0, 1.4],
};

function pressed(chart: IChartApi, event: KeyboardEvent): void {
  const [move, range] = [KEYS[event.key], chart.timeScale().getVisibleLogicalRange()];
  if (!move || !range) return;
  event.preventDefault();
  const half = ((range.to - range.from) * move[1]) / 2;
  const middle = (range.to + range.from) / 2 + (range.to - range.from) * move[0];
  chart.timeScale().setVisibleLogicalRange({ from: middle - half, to: middle + half });
}
