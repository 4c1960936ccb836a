/** What is wrong with text that was typed into a field, in words, as the API would refuse it; undefined: nothing.
 *
 * An empty field is none of these functions' business. Numbers are looked at digit by digit: none becomes a float. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WHOLE = /^[+-]?\d+$/;
/** Digits on either side of the point that a database keeps. */
const KEPT = 18;

export const WRITE_A_NUMBER = "Write a number, such as 12.5.";

interface Bounds {
  /** 0 itself will not do. */
  isAboveZero?: boolean;
  /** Inclusive. */
  least?: string;
  most?: string;
  below?: string;
}

export function wrongAmount(
  text: string,
  { isAboveZero = false, least, most, below }: Bounds = {},
): string | undefined {
  const bare = text.trim();
  if (bare === "") return undefined;
  const number = NUMBER.test(bare) ? plainOf(bare) : null;
  if (!number) return WRITE_A_NUMBER;
  if (number === "long") return `It may have ${KEPT} digits at most on either side of the point.`;
  if (isAboveZero && compared(number, "0") <= 0) return "It must be above 0.";
  if (least !== undefined && compared(number, least) < 0) return `It must be ${least} or more.`;
  if (most !== undefined && compared(number, most) > 0) return `It must be ${most} or less.`;
  if (below !== undefined && compared(number, below) >= 0) return `It must be under ${below}.`;
  return undefined;
}

export function wrongWhole(text: string, { least, most }: { least: bigint; most: bigint }): string | undefined {
  const bare = text.trim();
  if (bare === "") return undefined;
  if (!WHOLE.test(bare)) return "It must be a whole number.";
  const number = BigInt(bare.replace("+", ""));
  if (number < least) return `It must be ${least} or more.`;
  return number > most ? `It must be ${most} or less.` : undefined;
}

export const tooLong = (text: string, most: number): string | undefined =>
  text.trim().length > most ? `It may have ${most} letters at most; these are ${text.trim().length}.` : undefined;

/** Of a field of a date: what a browser takes, and the API does not. */
export const wrongDay = (text: string): string | undefined =>
  text !== "" && !/^\d{4}-\d{2}-\d{2}$/.test(text) ? "Write a date with a year of four digits." : undefined;

/** A number without an exponent, and without zeros that say nothing; `long` where it is kept by no database. */
function plainOf(text: string): string {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", part = ""] = mantissa.replace(/^[+-]/, "").split(".");
  const digits = (whole + part).replace(/^0+/, "");
  if (digits === "") return "0";
  const by = Number(exponent);
  const leading = whole.length + by - (whole.length + part.length - digits.length);
  if (leading > KEPT || leading < -KEPT) return "long";
  const before = digits.slice(0, Math.max(0, leading)).padEnd(Math.max(0, leading), "0");
  const after = ("0".repeat(Math.max(0, -leading)) + digits.slice(Math.max(0, leading))).replace(/0+$/, "");
  if (after.length > KEPT) return "long";
  return `${sign}${before || "0"}${after ? `.${after}` : ""}`;
}

/** Below 0, 0 or above, as one plain decimal is less than the other, equal or more. */
function compared(one: string, other: string): number {
  const places = Math.max(...[one, other].map((text) => text.split(".")[1]?.length ?? 0));
  const scaled = (text: string): bigint => {
    const [whole = "", part = ""] = text.split(".");
    return BigInt(whole + part.padEnd(places, "0"));
  };
  const difference = scaled(one) - scaled(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
