/** Arithmetic on decimal strings that is exact: the point is moved, digit by digit. */

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)$/;

/** `0.05` by 2 is `5`; `12.5` by −2 is `0.125`. What is no plain decimal comes back as it is. */
export function shifted(text: string, by: number): string {
  const found = DECIMAL.exec(text.trim());
  if (!found || !/\d/.test(text)) return text;
  const [, sign = "", whole = "", part = ""] = found;
  const left = "0".repeat(Math.max(0, -by));
  const right = "0".repeat(Math.max(0, by));
  const digits = left + whole + part + right;
  const at = left.length + whole.length + by;
  const before = digits.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  const after = digits.slice(at).replace(/0+$/, "");
  return (sign === "-" ? "-" : "") + before + (after ? `.${after}` : "");
}

/** The sum, exactly; null where nothing is to be added, or one of them is unknown or no plain decimal. */
export function sum(amounts: readonly (string | null | undefined)[]): string | null {
  const found = amounts.map((amount) => (amount == null ? null : DECIMAL.exec(amount)));
  if (found.length === 0 || found.some((one) => one === null)) return null;
  const places = Math.max(...found.map((one) => one?.[3]?.length ?? 0));
  const total = found.reduce((all, one) => {
    const [, sign = "", whole = "", part = ""] = one ?? [];
    return all + BigInt(`${sign}${whole || "0"}${part.padEnd(places, "0")}`);
  }, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, "0");
  return (
    (total < 0n ? "-" : "") + digits.slice(0, digits.length - places) + (places ? `.${digits.slice(-places)}` : "")
  );
}

/** Whether it is nought, however it is written. */
export const isZero = (amount: string): boolean => /^[+-]?0*\.?0*$/.test(amount) && /0/.test(amount);
