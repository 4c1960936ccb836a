/** A sum as steps from one amount to another: where each begins and ends, to the last digit. */
import { sum } from "~/format/decimal";

export interface Step {
  name: string;
  /** A decimal string: what it adds, or of a total what has come together. */
  amount: string;
  isTotal?: boolean;
}

export interface Stair extends Step {
  /** Decimal strings. */
  from: string;
  to: string;
}

/** Steps between a first and a last total. Totals stand on nought; a sum that is unknown adds nothing. */
export function stairs(steps: Step[]): Stair[] {
  const found: Stair[] = [];
  let level = "0";
  for (const step of steps) {
    const from = step.isTotal ? "0" : level;
    level = step.isTotal ? step.amount : (sum([level, step.amount]) ?? level);
    found.push({ ...step, from, to: level });
  }
  return found;
}

/** The ends of the axis: with nought, or, where all that moves is small beside the totals, without it. */
export function ends(found: Stair[]): { low: number; high: number; isCut: boolean } {
  const levels = found.map(({ to }) => Number(to));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const span = high - low;
  const nearest = Math.min(Math.abs(low), Math.abs(high));
  const isCut = low * high > 0 && span > 0 && span < nearest / 2;
  if (!isCut) return { low: Math.min(0, low), high: Math.max(0, high), isCut };
  return low > 0 ? { low: low - span, high, isCut } : { low, high: high + span, isCut };
}
