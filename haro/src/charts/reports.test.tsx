import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { sum } from "~/format/decimal";

import { HistogramChart } from "./HistogramChart";
import { ScatterChart } from "./ScatterChart";
import { scale, ticks } from "./ticks";
import { ends, stairs } from "./waterfall";
import { WaterfallChart } from "./WaterfallChart";

test("ticks are round, and within the axis", () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(-0.3, 0.3, 4)).toEqual([-0.2, 0, 0.2]);
  expect(ticks(7, 7, 4)).toEqual([7]);
});

test("figures that are all alike lie in the middle", () => {
  expect(scale(0, 10, 100, 200)(5)).toBe(150);
  expect(scale(5, 5, 100, 200)(5)).toBe(150);
});

test("each step begins where the one before ended, to the last digit", () => {
  const found = stairs([
    { name: "first", amount: "0.1", isTotal: true },
    { name: "more", amount: "0.2" },
    { name: "less", amount: "-0.00000001" },
    { name: "last", amount: "0.29999999", isTotal: true },
  ]);
  expect(found.map(({ from, to }) => [from, to])).toEqual([
    ["0", "0.1"],
    ["0.1", "0.3"],
    ["0.3", "0.29999999"],
    ["0", "0.29999999"],
  ]);
  expect(sum(found.slice(0, -1).map(({ amount }) => amount))).toBe("0.29999999");
});

test.each([
  [["100", "-5", "95"], { low: 90, high: 100, isCut: true }],
  [["-100", "5", "-95"], { low: -100, high: -90, isCut: true }],
  [["100", "-90", "10"], { low: 0, high: 100, isCut: false }],
  [["10", "-30", "-20"], { low: -20, high: 10, isCut: false }],
  [["100", "0", "100"], { low: 0, high: 100, isCut: false }],
])("the axis of %j is cut only where all that moves is small", ([first = "", by = "", last = ""], wanted) => {
  const steps = [
    { name: "first", amount: first, isTotal: true },
    { name: "by", amount: by },
    { name: "last", amount: last, isTotal: true },
  ];
  expect(ends(stairs(steps))).toEqual(wanted);
  render(<WaterfallChart label="from first to last" steps={steps} />);
  expect(screen.getByRole("img", { name: "from first to last" }).querySelectorAll("rect")).toHaveLength(3);
});

test("a dot for each figure, with the middle as a line", () => {
  const dots = [
    { time: "2024-01-02T00:00:00Z", value: 7, told: "the first" },
    { time: "2024-03-02T00:00:00Z", value: 9, told: "the second" },
  ];
  render(<ScatterChart label="over time" dots={dots} middle={8} />);
  const circles = [...screen.getByRole("img", { name: "over time" }).querySelectorAll("circle")];
  expect(circles.map(({ textContent }) => textContent)).toEqual(["the first", "the second"]);
  const [first = 0, second = 0] = circles.map((circle) => Number(circle.getAttribute("cy")));
  expect(first).toBeGreaterThan(second);
  expect(screen.getByText("2024-01-02")).toBeInTheDocument();
});

test("kinds of figures share one axis", () => {
  const spreads = [
    { name: "one", colour: "accent" as const, bins: [{ start: 0, end: 1, count: 4 }], middle: 0.5 },
    { name: "two", colour: "soft" as const, bins: [{ start: 9, end: 10, count: 2 }], middle: 9.5 },
  ];
  render(<HistogramChart format={String} unit=" bps" label="spread" spreads={spreads} />);
  const [one, two] = [...screen.getByRole("img", { name: "spread" }).querySelectorAll("rect")];
  expect(Number(one?.getAttribute("x"))).toBeLessThan(Number(two?.getAttribute("x")));
  expect(one?.textContent).toBe("one, 0 bps to 1 bps: 4");
});
