import { describe, expect, it } from "vitest";

import openapi from "../../openapi.json";
import { EVENT_TYPES, noticeOf, staleBy, TABLE } from "./table";

const PATHS = new Set(Object.keys(openapi.paths));
const payload = (given: object = {}) =>
  ({
    run_id: "r-1",
    order_id: "o-1",
    mode: "paper",
    side: "buy",
    quantity: "10",
    symbol: "AAPL",
    price: "190.25",
    reason: "because",
    error: "it broke",
    rule: "drawdown",
    venue: "alpaca",
    symbols: ["AAPL"],
    timeframe: "1d",
    bars: 5,
    trades: 3,
    warnings: 1,
    warning: "exit_refused",
    added: ["a"],
    changed: [],
    removed: [],
    ...given,
  }) as never;

it("names every event of the API's document", () => {
  expect(EVENT_TYPES.toSorted()).toEqual(Object.keys(openapi.components.schemas.EventPayloads.properties).toSorted());
});

it.each(EVENT_TYPES)("%s makes only answers stale that the API has, and its notice is a sentence", (type) => {
  for (const { path } of staleBy(type, payload())) expect(PATHS).toContain(path);
  const notice = noticeOf(type, payload());
  if (!notice) return;
  expect(notice.title).toMatch(/^[A-Z]/);
  expect(`${notice.title} ${notice.text ?? ""}`).not.toMatch(/undefined|null|\[object/);
  if (notice.to) expect(notice.to).toMatch(/^\//);
});

it.each(["run.Created", "run.Started", "run.Stopped", "run.Completed", "run.Error"] as const)(
  "%s refreshes the list of runs, and that run",
  (type) => {
    expect(staleBy(type, payload())).toEqual(
      expect.arrayContaining([{ path: "/api/v1/runs" }, { path: "/api/v1/runs/{run_id}", run: "r-1" }]),
    );
  },
);

it.each(EVENT_TYPES.filter((type) => type.startsWith("orders.")))("%s refreshes orders, and that order", (type) => {
  expect(staleBy(type, payload())).toEqual(
    expect.arrayContaining([{ path: "/api/v1/orders" }, { path: "/api/v1/orders/{order_id}", run: "o-1" }]),
  );
});

it.each(EVENT_TYPES.filter((type) => type.startsWith("risk.")))("%s refreshes limits and says so", (type) => {
  expect(staleBy(type, payload())).toContainEqual({ path: "/api/v1/risk" });
  expect(TABLE[type].notice).toBeDefined();
});

describe("notices", () => {
  it("tell of orders that were traded, not of a backtest's", () => {
    expect(noticeOf("orders.Filled", payload())).toEqual({
      tone: "good",
      title: "Filled: buy 10 AAPL",
      text: "at 190.25",
      to: "/orders/o-1",
    });
    for (const type of ["orders.Filled", "orders.Cancelled", "orders.Rejected", "orders.Expired"] as const)
      expect(noticeOf(type, payload({ mode: null }))).toBeNull();
  });

  it("of a failed run lead to it", () => {
    expect(noticeOf("run.Error", payload())).toMatchObject({ tone: "bad", text: "it broke", to: "/runs/r-1" });
  });

  it("of feeds say which, and when they are back", () => {
    expect(noticeOf("data.FeedStale", payload())).toMatchObject({ tone: "warn", text: "because (AAPL)" });
    expect(noticeOf("data.FeedRestored", payload())).toMatchObject({ tone: "good" });
    expect(staleBy("data.FeedStale", payload())).toContainEqual({ path: "/api/v1/venues" });
  });
});
