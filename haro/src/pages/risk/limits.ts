/** Limits as they are shown and written: fractions as percentages, none as off. */
import type { Schemas } from "~/api/types";
import { exact, UNKNOWN } from "~/format/figures";
import { shifted } from "~/format/decimal";
import { wrongAmount } from "~/format/written";

export type AccountRisk = Schemas["AccountRisk"];
export type Limit = Schemas["LimitResponse"];
export type LimitValue = AccountRisk["limits"][string] | undefined;

/** `5 %`, `60 orders`, `yes`, `off`. */
export function limitText({ unit }: Limit, value: LimitValue): string {
  if (value === null || value === undefined) return "off";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return unit === "fraction" ? `${exact(shifted(String(value), 2))} %` : `${value} orders`;
}

export function usageText({ unit }: Limit, value: string | null | undefined): string {
  if (value == null) return UNKNOWN;
  return unit === "fraction" ? `${exact(Number(shifted(value, 2)).toFixed(2))} %` : exact(value);
}

/** How much of a limit is used: a share of what may be, for a bar; no amount. */
export function usedPart(value: LimitValue, use: string | null | undefined): number | null {
  const limit = Number(value);
  return use == null || typeof value === "boolean" || value == null || !(limit > 0) ? null : Number(use) / limit;
}

export const toneOf = (part: number | null) => (part === null || part < 0.6 ? "calm" : part < 0.9 ? "warn" : "bad");

/** What stands in the field. */
export const written = ({ unit }: Limit, value: LimitValue): string =>
  value == null || typeof value === "boolean" ? "" : unit === "fraction" ? shifted(String(value), 2) : String(value);

/** What was written, as the API takes it: null is off. Text that is no number goes as it is, to be refused. */
export function read({ unit }: Limit, text: string): string | number | null {
  const bare = text.trim();
  if (bare === "") return null;
  if (unit === "fraction") return shifted(bare, -2);
  return /^\d+$/.test(bare) ? Number(bare) : bare;
}

/** The bounds of a limit, in words. */
export function bounds(limit: Limit): string {
  const range =
    limit.least != null && limit.most != null
      ? `From ${limitText(limit, limit.least)} to ${limitText(limit, limit.most)}. `
      : "";
  return `${range}By default ${limitText(limit, limit.default)}; empty: off.`;
}

/** What is wrong with what was written, as far as its bounds tell; the server decides about the rest. */
export function mistake(limit: Limit, text: string): string | undefined {
  const value = limit.unit === "fraction" ? shifted(text.trim(), -2) : text.trim();
  const wrong = wrongAmount(value);
  if (wrong) return wrong;
  const [least, most] = [limit.least ?? undefined, limit.most ?? undefined];
  if (wrongAmount(value, { ...(least && { least }), ...(most && { most }) }))
    return `It must lie from ${limitText(limit, least)} to ${limitText(limit, most)}.`;
  return limit.unit === "orders" && value !== "" && !/^\+?\d+$/.test(value) ? "It must be a whole number." : undefined;
}
