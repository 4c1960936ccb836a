import { expect, it } from "vitest";

import { shifted, sum } from "./decimal";

it.each([
  ["0.05", 2, "5"],
  ["1", 2, "100"],
  ["0.0001", 2, "0.01"],
  ["5", -2, "0.05"],
  ["12.5", -2, "0.125"],
  ["100", -2, "1"],
  ["-0.3", 2, "-30"],
  [".5", 2, "50"],
  ["0", 2, "0"],
  ["9007199254740993.01", 2, "900719925474099301"],
  ["", 2, ""],
  ["five", -2, "five"],
  ["1e3", -2, "1e3"],
])("moves the point of %s by %s", (text, by, expected) => expect(shifted(text, by)).toBe(expected));

it.each([
  [["0.1", "0.2"], "0.3"],
  [["-5.1", "1.4"], "-3.7"],
  [["9007199254740993", "0.01"], "9007199254740993.01"],
  [["1", "-1.00"], "0.00"],
  [["-0.05", "0.02"], "-0.03"],
  [["+3"], "3"],
  [[], null],
  [["1", null], null],
  [["1", "NaN"], null],
])("adds %j up to %s", (amounts, expected) => expect(sum(amounts)).toBe(expected));
