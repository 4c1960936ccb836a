/** What a drift report speaks of, by the names that people read. */
import type { Schemas } from "~/api/types";
import { ratio, UNKNOWN } from "~/format/figures";

export type Drift = Schemas["DriftResponse"];
export type Part = Schemas["PnlPart"];

/** Name, and what it comes from. */
export const PARTS: Record<Part, [name: string, help: string]> = {
  prices_closed: ["Fill prices, closed", "Other fill prices of what both have filled, as far as it is closed again."],
  prices_open: ["Fill prices, still held", "Other fill prices of what is still held."],
  commissions: ["Commissions", "Other commissions."],
  quantities: ["Other quantities", "What only one of them filled of an order that both placed."],
  only_live: ["Orders only in the run", "Fills of orders that only the run placed."],
  only_backtest: ["Orders only in the backtest", "Fills of orders that only the backtest placed."],
  after_newest_bar: ["After the newest bar", "Fills since the newest bar, of which the backtest cannot know."],
  cash_flows: ["Dividends and fees", "Cash that no fill moved: dividends, fees, fractions of splits."],
  holdings: ["Other holdings", "Quantities that no fill moved, such as a fee that was taken in coins."],
  valuation: ["Valuation", "Other closes of what is held."],
  rounding: ["Rounding", "What is left, as amounts of cash are whole 1e-8."],
};

/** Basis points with their sign: `+7.00 bps`, `−0.50 bps`. */
export function bps(value: number | null | undefined): string {
  if (value == null) return UNKNOWN;
  return `${value > 0 ? "+" : ""}${ratio(value)}\u202fbps`;
}
