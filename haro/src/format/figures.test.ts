import { describe, expect, it } from "vitest";

import {
  briefPercent,
  count,
  direction,
  exact,
  money,
  percent,
  price,
  ratio,
  signedMoney,
  UNKNOWN,
  briefAmount,
} from "./figures";

describe("money", () => {
  it("has the currency's digits and thin spaces between thousands", () => {
    expect(money("104311.2")).toBe("104\u202f311.20");
    expect(money("-1234567.891")).toBe("\u22121\u202f234\u202f567.89");
    expect(money("1234.5678", 4)).toBe("1\u202f234.5678");
  });

  it("never becomes a float on its way", () => {
    // 2⁵³ + 1 and a sum of tenths are what floats get wrong.
    expect(money("9007199254740993.00")).toBe("9\u202f007\u202f199\u202f254\u202f740\u202f993.00");
    expect(exact("0.1234567890123")).toBe("0.12345679");
    expect(exact("123456789012345678.12345678")).toBe("123\u202f456\u202f789\u202f012\u202f345\u202f678.12345678");
  });

  it.each([null, undefined, "", "abc", Number.NaN, Infinity, "NaN", "1e"])("shows %s as unknown", (value) => {
    expect(money(value)).toBe(UNKNOWN);
    expect(signedMoney(value)).toBe(UNKNOWN);
    expect(percent(value)).toBe(UNKNOWN);
    expect(ratio(value)).toBe(UNKNOWN);
    expect(count(value)).toBe(UNKNOWN);
  });

  it("carries a sign where it tells gain from loss", () => {
    expect(signedMoney("1204")).toBe("+1\u202f204.00");
    expect(signedMoney("-87.1")).toBe("\u221287.10");
    expect(signedMoney("0.00")).toBe("0.00");
    expect(signedMoney("0.004")).toBe("0.00");
  });
});

it("shows fractions as percentages", () => {
  expect(percent(0.0431)).toBe("4.31\u202f%");
  expect(percent(-0.021, true)).toBe("\u22122.10\u202f%");
  expect(percent(12.5, true)).toBe("+1\u202f250.00\u202f%");
});

it("shows a fraction of a table of months rounded, with one digit and its sign", () => {
  expect([0.0049, -0.0046, 0.2857, -0.0004, 0, null].map((one) => briefPercent(one))).toEqual([
    "+0.5",
    "\u22120.5",
    "+28.6",
    "0.0",
    "0.0",
    UNKNOWN,
  ]);
});

it("gives a price digits by its size, so that a column of them is aligned", () => {
  expect(["24.834966", "100", "1.13245678", "0.0123456789", "0", null].map((one) => price(one))).toEqual([
    "24.83",
    "100.00",
    "1.13246",
    "0.01234568",
    "0.00",
    UNKNOWN,
  ]);
});

describe("direction", () => {
  it.each([
    ["0.01", "gain"],
    ["-0.01", "loss"],
    ["0.004", "none"],
    ["-0.004", "none"],
    ["0E-8", "none"],
    [3, "gain"],
    [-3, "loss"],
    [null, "none"],
  ] as const)("of %s, written as money, is %s", (value, expected) =>
    expect(direction(signedMoney(value))).toBe(expected),
  );
});

it("an axis has short amounts", () => {
  expect([0, 12_500, -3e6, 2.5e9, 0.25].map(briefAmount)).toEqual(["0", "12.5k", "−3M", "2.5B", "0.25"]);
});
