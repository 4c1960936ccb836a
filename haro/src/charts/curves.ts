/** Curves as they are drawn: points in order of time, drawdowns, and a common beginning. */
import type { Token } from "./tokens";
import { seconds } from "./time";

export interface Point {
  /** Seconds since 1970. */
  time: number;
  value: number;
}

export interface Curve {
  name: string;
  colour: Token;
  points: Point[];
  /** A quiet one stands behind the others, and has no drawdown. */
  isQuiet?: boolean;
}

/** Points of an answer: what is undefined is left out, and of several in one second the last stands. */
export function pointsOf(items: { timestamp: string; equity: number | null }[]): Point[] {
  const found: Point[] = [];
  for (const { timestamp, equity } of items) {
    if (equity === null) continue;
    const time = seconds(timestamp);
    if (found.at(-1)?.time === time) found.pop();
    found.push({ time, value: equity });
  }
  return found;
}

/** How far each point lies under the highest before it, as a fraction; `start` is a high too. */
export function drawdowns(points: Point[], start?: number | null): Point[] {
  let high = start ?? -Infinity;
  return points.map(({ time, value }) => {
    high = Math.max(high, value);
    return { time, value: high > 0 ? value / high - 1 : 0 };
  });
}

/** The same curve with 100 at its first point. */
export function from100(points: Point[]): Point[] {
  const first = points[0]?.value;
  if (!first) return [];
  return points.map(({ time, value }) => ({ time, value: (value / first) * 100 }));
}

/** Whether all are whole days of UTC, as the stamps of daily bars are. */
export const isDaily = (times: number[]): boolean => times.every((time) => time % 86_400 === 0);

/** What moves by cents is told in cents. */
export function digitsOf(points: Point[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const { value } of points) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high - low < 100 ? 2 : 0;
}
