/** Which bars to ask for where some stretch of time is looked at: more than is seen, so that a move needs no request,
 * and cut so that neighbouring views ask for the same. */

/** Seconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

const LEAST = 60;

/** Between two and four times what is seen lies in it; the same for views that differ a little. */
export function windowOf({ from, to }: Span): Span {
  const step = 2 ** Math.ceil(Math.log2(Math.max(to - from, LEAST)));
  const first = Math.floor(from / step) * step - step;
  return { from: first, to: first + 4 * step };
}

/** What the address says, if it says a stretch of time. */
export function spanIn(params: URLSearchParams): Span | null {
  const [from, to] = [params.get("from"), params.get("to")].map((text) => (text ? Date.parse(text) / 1000 : NaN));
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

const HALF_A_WORD = 22;

/** Of `count` bars all, with room at both ends for the words of the time axis, which is so many pixels wide; in bars. */
export function wholeOf(count: number, width: number): Span {
  const room = Math.max(0.5, (count * HALF_A_WORD) / Math.max(width - 2 * HALF_A_WORD, HALF_A_WORD));
  return { from: -room, to: count - 1 + room };
}

export const isoOf = (time: number): string => new Date(time * 1000).toISOString().slice(0, 19) + "Z";

/** Around a trade: some room on both sides. `bar`: seconds that a bar lasts. */
export function around({ from, to }: Span, bar: number): Span {
  const room = Math.max((to - from) * 0.75, 40 * bar);
  return { from: from - room, to: to + room };
}

const UNITS: Record<string, number> = { m: 60, h: 3_600, d: 86_400, w: 7 * 86_400, mo: 30 * 86_400 };

/** Seconds that a bar of a timeframe lasts; a day where it is unknown. */
export function barSeconds(timeframe: string | null | undefined): number {
  const parts = /^(\d+)(mo|m|h|d|w)$/.exec(timeframe ?? "");
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? "d"] ?? 86_400) : 86_400;
}
