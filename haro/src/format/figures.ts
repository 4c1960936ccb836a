/** Figures as they are shown. Decimal strings are formatted as they are, digit by digit: no amount becomes a float. */

export const UNKNOWN = "–";
const THIN = "\u202f";
const MINUS = "\u2212";
const DECIMAL = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export type Figure = string | number | null | undefined;

interface Digits {
  least: number;
  most: number;
}

const formats = new Map<string, Intl.NumberFormat>();

function format({ least, most }: Digits, signed: boolean): Intl.NumberFormat {
  const key = `${least}/${most}/${signed}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      signDisplay: signed ? "exceptZero" : "negative",
    });
    formats.set(key, found);
  }
  return found;
}

function isKnown(figure: Figure): figure is string | number {
  return typeof figure === "number" ? Number.isFinite(figure) : typeof figure === "string" && DECIMAL.test(figure);
}

function written(figure: Figure, digits: Digits, signed: boolean): string {
  if (!isKnown(figure)) return UNKNOWN;
  const text = format(digits, signed).format(figure as Intl.StringNumericLiteral);
  return text.replaceAll(",", THIN).replace("-", MINUS);
}

/** With the currency's digits: `104 311.20`. */
export const money = (amount: Figure, digits = 2): string => written(amount, { least: digits, most: digits }, false);

/** Gains and losses: `+1 204.00`, `−87.10`. */
export const signedMoney = (amount: Figure, digits = 2): string =>
  written(amount, { least: digits, most: digits }, true);

/** A price or a quantity with the digits that it has, at most eight. */
export const exact = (amount: Figure, least = 0): string => written(amount, { least, most: Math.max(least, 8) }, false);

/** A count. */
export const count = (amount: Figure): string => written(amount, { least: 0, most: 0 }, false);

/** A ratio, as Sharpe's: two digits. */
export const ratio = (amount: Figure): string => written(amount, { least: 2, most: 2 }, false);

/** A fraction as a percentage: 0.0431 is `4.31 %`. It is a statistic, and no amount of money: a float may carry it. */
export function percent(fraction: Figure, signed = false): string {
  if (!isKnown(fraction)) return UNKNOWN;
  return `${written(Number(fraction) * 100, { least: 2, most: 2 }, signed)}${THIN}%`;
}

/** Which way an amount goes, read off its sign. */
export function direction(figure: Figure): "gain" | "loss" | "none" {
  if (!isKnown(figure)) return "none";
  const text = String(figure);
  if (/^[+-]?0*(\.0*)?([eE].*)?$/.test(text)) return "none";
  return text.startsWith("-") ? "loss" : "gain";
}
