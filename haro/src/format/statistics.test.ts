import { expect, test } from "vitest";

import { best, GROUPS, statistic, STATISTICS } from "./statistics";

const plain = (text: string) => text.replaceAll("\u202f", " ").replaceAll("\u2212", "-");

test("each statistic stands in one group, and has a definition", () => {
  const keys = GROUPS.flatMap(([, own]) => own);
  expect([...keys].sort()).toEqual(Object.keys(STATISTICS).sort());
  expect(Object.values(STATISTICS).filter(({ help }) => help === "")).toEqual([]);
});

test("statistics are written by their kind", () => {
  expect(plain(statistic("final_equity", 104311.2))).toBe("104 311.20");
  expect(plain(statistic("total_return", 0.0431))).toBe("+4.31 %");
  expect(plain(statistic("exposure", 0.61))).toBe("61.00 %");
  expect(plain(statistic("expectancy", -12.5))).toBe("-12.50");
  expect(plain(statistic("max_drawdown_days", 12))).toBe("12 d");
  expect(plain(statistic("avg_trade_days", 12.345))).toBe("12.35 d");
  expect(statistic("sharpe", null)).toBe("–");
  expect(statistic("avg_trade_days", undefined)).toBe("–");
});

test("the best is the highest or the lowest, shared by equals, and none where all are equal", () => {
  expect([...best("sharpe", [1, 3, null, 3])]).toEqual([1, 3]);
  expect([...best("volatility", [0.2, 0.1])]).toEqual([1]);
  expect([...best("max_drawdown", [-0.4, -0.1])]).toEqual([1]);
  expect(best("sharpe", [1, 1]).size).toBe(0);
  expect(best("trades", [1, 2]).size).toBe(0);
});
