/** Where a series is shown, and how its times are. */
import { day } from "~/format/times";

export const seriesPath = (symbol: string, timeframe: string): string =>
  `/data/${encodeURIComponent(symbol)}/${encodeURIComponent(timeframe)}`;

/** Whether its bars are stamped with whole days. */
export const isOfDays = (timeframe: string | null): boolean => /^\d+(d|w|mo)$/.test(timeframe ?? "");

/** The day of a daily bar; of finer ones the minute too, in UTC. */
export function shownTime(time: string | null, timeframe: string | null): string {
  if (time === null || isOfDays(timeframe)) return day(time);
  return `${day(time)} ${time.slice(11, 16)}`;
}
