/** Limits and their use, as they are written. */
import type { Schemas } from "~/api/types";
import { exact, percent, UNKNOWN } from "./figures";

type Unit = Schemas["LimitResponse"]["unit"];

export function limitText(value: unknown, unit: Unit): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "string" && typeof value !== "number") return UNKNOWN;
  return unit === "fraction" ? percent(value) : exact(value);
}

/** Which part of a limit is used, for a bar: 0 to 1. */
export function usedShare(use: string | null | undefined, limit: unknown): number | null {
  const [used, most] = [Number(use ?? NaN), Number(limit ?? NaN)];
  if (!Number.isFinite(used) || !Number.isFinite(most) || most <= 0) return null;
  return Math.min(1, Math.max(0, used / most));
}
