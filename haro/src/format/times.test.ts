import { expect, it } from "vitest";

import { UNKNOWN } from "./figures";
import { ago, bothTimes, day, duration, moment } from "./times";

it("shows a moment in a zone, over the change of its clocks", () => {
  expect(moment("2024-03-10T06:59:59Z", "America/New_York")).toBe("2024-03-10 01:59:59");
  expect(moment("2024-03-10T07:00:00Z", "America/New_York")).toBe("2024-03-10 03:00:00");
  expect(moment("2024-12-31T23:30:00Z", "Asia/Singapore")).toBe("2025-01-01 07:30:00");
  expect(bothTimes("2024-12-31T23:30:00Z", "Asia/Singapore")).toBe(
    "2025-01-01 07:30:00 Asia/Singapore · 2024-12-31 23:30:00 UTC",
  );
});

it("shows midnight as 00", () => expect(moment("2024-01-01T00:00:00Z", "UTC")).toBe("2024-01-01 00:00:00"));

it("shows days as they are stamped", () => expect(day("2013-03-01T00:00:00Z")).toBe("2013-03-01"));

it("shows what is no time as unknown", () => {
  expect(moment(null, "UTC")).toBe(UNKNOWN);
  expect(moment("yesterday", "UTC")).toBe(UNKNOWN);
  expect(day(undefined)).toBe(UNKNOWN);
  expect(ago(null, 0)).toBe(UNKNOWN);
  expect(bothTimes(null, "UTC")).toBe("");
});

it("says how long ago something was", () => {
  const now = Date.parse("2024-05-01T12:00:00Z");
  expect(ago("2024-05-01T11:59:58Z", now)).toBe("now");
  expect(ago("2024-05-01T11:59:20Z", now)).toBe("40 sec. ago");
  expect(ago("2024-05-01T11:57:00Z", now)).toBe("3 min. ago");
  expect(ago("2024-05-01T06:00:00Z", now)).toBe("6 hr. ago");
  expect(ago("2024-04-28T12:00:00Z", now)).toBe("3 days ago");
  expect(ago("2022-05-01T12:00:00Z", now)).toBe("2 yr. ago");
});

it("says how long something took", () => {
  expect([0, 8_200, 720_000, 3_600_000, 5_400_000, 273_600_000, 86_400_000].map(duration)).toEqual([
    "0 s",
    "8 s",
    "12 min",
    "1 h",
    "1 h 30 min",
    "3 d 4 h",
    "1 d",
  ]);
});
