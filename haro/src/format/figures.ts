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

const POWERS: [size: number, letter: string][] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** An amount on an axis, where room is small: `12.5k`, `−3M`. */
export function briefAmount(amount: number): string {
  const [size, letter] = POWERS.find(([one]) => Math.abs(amount) >= one) ?? [1, ""];
  return written(Number((amount / size).toPrecision(4)), { least: 0, most: size === 1 ? 4 : 2 }, false) + letter;
}

/** A price or a quantity with the digits that it has, at most eight. */
export const exact = (amount: Figure, least = 0): string => written(amount, { least, most: Math.max(least, 8) }, false);

/** A price with digits by its size, so that those of a column stand below each other; the exact one is for the hover. */
export function price(amount: Figure): string {
  const size = Math.abs(Number(amount));
  const digits = size >= 10 || size === 0 ? 2 : size >= 0.1 ? 5 : 8;
  return written(amount, { least: digits, most: digits }, false);
}

/** A count. */
export const count = (amount: Figure): string => written(amount, { least: 0, most: 0 }, false);

/** How many of something, in words: `1 bar`, `2 000 bars`. */
export const counted = (number: number, one: string): string => `${count(number)} ${one}${number === 1 ? "" : "s"}`;

/** A ratio, as Sharpe's: two digits. */
export const ratio = (amount: Figure): string => written(amount, { least: 2, most: 2 }, false);

/** A fraction as a percentage: 0.0431 is `4.31 %`. It is a statistic, and no amount of money: a float may carry it. */
export function percent(fraction: Figure, signed = false): string {
  return isKnown(fraction) ? `${hundredths(fraction, 2, signed)}${THIN}%` : UNKNOWN;
}

/** The same with one digit, and without its sign of per cent: `+4.3`. */
export function briefPercent(fraction: Figure): string {
  return isKnown(fraction) ? hundredths(fraction, 1, true) : UNKNOWN;
}

const hundredths = (fraction: string | number, digits: number, signed: boolean): string =>
  written(Number(fraction) * 100, { least: digits, most: digits }, signed);

/** Which way an amount goes, as it is written: what is rounded to nought goes nowhere. */
export function direction(text: string): "gain" | "loss" | "none" {
  if (text.startsWith(MINUS)) return "loss";
  return text.startsWith("+") ? "gain" : "none";
}
