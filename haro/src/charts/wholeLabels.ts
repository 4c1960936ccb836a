/** The library cuts a label of the time axis that stands at either end of what is looked at; here it moves inwards. */
import type { IChartApi } from "lightweight-charts";

const AIR = 2;

/** Where a text of some width, centred on `x`, stands whole between 0 and `across`. */
export const inside = (x: number, width: number, across: number): number => {
  const half = width / 2 + AIR;
  return across < 2 * half ? across / 2 : Math.min(Math.max(x, half), across - half);
};

/** Has the axis' own canvas write its labels so, for as long as the chart lives. */
export function keepLabelsWhole(chart: IChartApi): void {
  const axis = chart.chartElement().querySelector("tr:last-child");
  axis?.querySelectorAll("canvas").forEach((canvas) => {
    const context = canvas.getContext("2d");
    if (!context) return;
    const write = context.fillText.bind(context);
    context.fillText = (text, x, y, ...rest) => {
      const isCentred = context.textAlign === "center";
      write(text, isCentred ? inside(x, context.measureText(text).width, canvas.clientWidth) : x, y, ...rest);
    };
  });
}
