import { expect, test } from "vitest";

import { limitText, usedShare } from "./limits";

test("limits are written by their unit", () => {
  expect(limitText("0.05", "fraction").replace("\u202f", " ")).toBe("5.00 %");
  expect(limitText(60, "orders")).toBe("60");
  expect(limitText(true, "yes_no")).toBe("yes");
  expect(limitText(false, "yes_no")).toBe("no");
  expect(limitText(null, "fraction")).toBe("none");
  expect(limitText({}, "fraction")).toBe("–");
});

test("the share that is used lies between nothing and all", () => {
  expect(usedShare("0.25", "0.5")).toBe(0.5);
  expect(usedShare("3", "2")).toBe(1);
  expect(usedShare(null, "2")).toBeNull();
  expect(usedShare("1", null)).toBeNull();
});
