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
