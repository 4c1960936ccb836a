import { expect, it } from "vitest";

import { tooLong, wrongAmount, wrongDay, wrongWhole } from "./written";

const NUMBER = /^Write a number/;
const DIGITS = /^It may have 18 digits/;

it.each([
  ["", undefined],
  [" 12.5 ", undefined],
  [".5", undefined],
  ["5.", undefined],
  ["+1e3", undefined],
  ["0.000000000000000001", undefined],
  ["999999999999999999", undefined],
  ["1e17", undefined],
  ["0.1000000000000000000000", undefined], // zeros at the end say nothing
  ["000000000000000000000012", undefined],
  ["0e400", undefined],
  ["abc", NUMBER],
  ["NaN", NUMBER],
  ["Infinity", NUMBER],
  ["-Infinity", NUMBER],
  ["1,5", NUMBER],
  ["1_000", NUMBER],
  ["0x10", NUMBER],
  ["١٢", NUMBER],
  ["1e", NUMBER],
  ["--5", NUMBER],
  ["9".repeat(500), DIGITS],
  ["1e400", DIGITS],
  ["1e-400", DIGITS],
  ["1e18", DIGITS],
  ["0.0000000000000000001", DIGITS],
  ["123456789.1234567890123456789", DIGITS],
])("the amount %j is refused with %s", (text, expected) => {
  const found = wrongAmount(text);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(expected);
});

it.each([
  ["0", true],
  ["-0.0", true],
  ["-5", true],
  ["-1e-18", true],
  ["0.000000000000000001", false],
  ["5", false],
])("that %s must be above 0 is said: %s", (text, isSaid) =>
  expect(wrongAmount(text, { isAboveZero: true })).toBe(isSaid ? "It must be above 0." : undefined),
);

it.each([
  ["0.0001", undefined],
  ["1e-4", undefined],
  ["0.00009", "It must be 0.0001 or more."],
  ["-1", "It must be 0.0001 or more."],
  ["100.000", undefined],
  ["100.000000000000000001", "It must be 100 or less."],
  ["1e3", "It must be 100 or less."],
])("%s between bounds: %s", (text, expected) =>
  expect(wrongAmount(text, { least: "0.0001", most: "100" })).toBe(expected),
);

it("a bound that is not to be reached", () => {
  expect(wrongAmount("1.0", { below: "1" })).toBe("It must be under 1.");
  expect(wrongAmount("0.999999999999999999", { below: "1" })).toBeUndefined();
});

it.each([
  ["", undefined],
  ["0", undefined],
  ["+7", undefined],
  ["10000000000000000000000", "It must be 1000 or less."],
  ["-1", "It must be 0 or more."],
  ["1.5", "It must be a whole number."],
  ["1e3", "It must be a whole number."],
  ["abc", "It must be a whole number."],
])("the whole number %j: %s", (text, expected) => expect(wrongWhole(text, { least: 0n, most: 1000n })).toBe(expected));

it("a name of 500 letters is too long, blanks around it do not count", () => {
  expect(tooLong("x".repeat(500), 200)).toBe("It may have 200 letters at most; these are 500.");
  expect(tooLong(` ${"x".repeat(200)} `, 200)).toBeUndefined();
});

it("a year has four digits", () => {
  expect(wrongDay("12024-01-01")).toMatch(/four digits/);
  expect([wrongDay("2024-01-01"), wrongDay("")]).toEqual([undefined, undefined]);
});
