/** Times as they are shown: in the user's zone, with UTC beside it; sent as UTC. */
import { UNKNOWN } from "./figures";

type Time = string | null | undefined;
const SECOND = 1000;
const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, length: number][] = [
  [60 * SECOND, "second", SECOND],
  [3_600 * SECOND, "minute", 60 * SECOND],
  [86_400 * SECOND, "hour", 3_600 * SECOND],
  [30 * 86_400 * SECOND, "day", 86_400 * SECOND],
  [365 * 86_400 * SECOND, "month", 30 * 86_400 * SECOND],
  [Infinity, "year", 365 * 86_400 * SECOND],
];
const relative = new Intl.RelativeTimeFormat("en", { style: "short", numeric: "always" });
const formats = new Map<string, Intl.DateTimeFormat>();

function parts(time: Date, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
}

function date(time: Time): Date | null {
  if (!time) return null;
  const found = new Date(time);
  return Number.isNaN(found.getTime()) ? null : found;
}

/** `2024-03-07 15:04:05` in a zone. */
export function moment(time: Time, zone: string): string {
  const found = date(time);
  if (!found) return UNKNOWN;
  const { year, month, day, hour, minute, second } = parts(found, zone);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** `2024-03-07`, the day in UTC: what daily bars are stamped with. */
export const day = (time: Time): string => date(time)?.toISOString().slice(0, 10) ?? UNKNOWN;

/** Both times of a moment, for a hover. */
export function bothTimes(time: Time, zone: string): string {
  const found = date(time);
  return found ? `${moment(time, zone)} ${zone} · ${moment(time, "UTC")} UTC` : "";
}

/** `3 min. ago`. */
export function ago(time: Time, now: number): string {
  const found = date(time);
  if (!found) return UNKNOWN;
  const off = found.getTime() - now;
  if (Math.abs(off) < 5 * SECOND) return "now";
  const [, unit, length] = STEPS.find(([limit]) => Math.abs(off) < limit) ?? [Infinity, "year", Infinity];
  return relative.format(Math.trunc(off / length), unit);
}

/** How long: `3 d 4 h`, `12 min`, `8 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  const [d, h, m, s] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`;
  return m > 0 ? `${m} min` : `${s} s`;
}
