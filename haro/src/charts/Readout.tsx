/** The values where the pointer is, above a chart. What is drawn is told in words elsewhere: this is not read out. */
import type { IChartApi, MouseEventParams } from "lightweight-charts";
import type { RefObject } from "react";

import type { Token } from "./tokens";

export interface Told {
  name: string;
  value: string;
  colour?: Token;
}

export function Readout({ told }: { told: RefObject<HTMLParagraphElement | null> }) {
  return (
    <p
      ref={told}
      aria-hidden
      className="figure mb-1 h-4 overflow-hidden text-label leading-4 text-ellipsis text-soft"
    />
  );
}

/** Keep an element at what is told of the point under the crosshair, and empty where there is none. */
export function readOut(
  chart: IChartApi,
  element: HTMLElement | null,
  tell: (event: MouseEventParams) => Told[],
): void {
  chart.subscribeCrosshairMove((event) => {
    if (!element) return;
    const written = event.time === undefined ? undefined : chart.options().localization.timeFormatter?.(event.time);
    element.replaceChildren(...(written === undefined ? [] : [written, ...tell(event).flatMap(parts)]));
  });
}

function parts({ name, value, colour }: Told): (string | HTMLElement)[] {
  const figure = document.createElement("b");
  figure.textContent = value;
  figure.style.color = colour ? `var(--${colour})` : "var(--ink)";
  figure.style.fontWeight = "500";
  return [`\u2003${name} `, figure];
}
