/** The app's colours and times on a chart. */
import {
  ColorType,
  CrosshairMode,
  type DeepPartial,
  type ChartOptions,
  TickMarkType,
  type Time,
} from "lightweight-charts";

import { day, moment } from "~/format/times";

import type { Token } from "./tokens";

/** A token's colour in the theme that is shown, with an opacity. */
export function colour(token: Token, opacity = 1): string {
  const found = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(found);
  if (!hex) return found || "#888888";
  const [red, green, blue] = hex.slice(1).map((part) => parseInt(part, 16));
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

const iso = (time: Time): string => new Date(Number(time) * 1000).toISOString();

/** `isDaily`: the points are days, which are the same in every zone. */
export function chartOptions(zone: string, isDaily: boolean): DeepPartial<ChartOptions> {
  const shown = (time: Time) => (isDaily ? day(iso(time)) : moment(iso(time), zone));
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: "transparent" },
      textColor: colour("soft"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 12,
      attributionLogo: false,
      panes: { separatorColor: colour("line"), separatorHoverColor: colour("line"), enableResize: false },
    },
    grid: { vertLines: { color: colour("line", 0.45) }, horzLines: { color: colour("line", 0.45) } },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: colour("line"), entireTextOnly: true },
    timeScale: {
      borderColor: colour("line"),
      timeVisible: !isDaily,
      secondsVisible: false,
      minBarSpacing: 0.01,
      tickMarkFormatter: (time: Time, type: TickMarkType) => mark(shown(time), type),
    },
    localization: { timeFormatter: shown },
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2024`, `Mar`, `7`, `15:04` of a moment as it is written. */
function mark(written: string, type: TickMarkType): string {
  switch (type) {
    case TickMarkType.Year:
      return written.slice(0, 4);
    case TickMarkType.Month:
      return MONTHS[Number(written.slice(5, 7)) - 1] ?? "";
    case TickMarkType.DayOfMonth:
      return String(Number(written.slice(8, 10)));
    case TickMarkType.Time:
      return written.slice(11, 16);
    case TickMarkType.TimeWithSeconds:
      return written.slice(11);
  }
}
