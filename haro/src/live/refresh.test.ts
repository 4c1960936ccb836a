import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { GAP_MS, MOMENT_MS, Refresher } from "./refresh";

const queries = new QueryClient();
const KEYS = {
  runs: ["get", "/api/v1/runs", {}],
  one: ["get", "/api/v1/runs/{run_id}", { params: { path: { run_id: "r-1" } } }],
  other: ["get", "/api/v1/runs/{run_id}", { params: { path: { run_id: "r-2" } } }],
  risk: ["get", "/api/v1/risk"],
};
const stale = () =>
  Object.entries(KEYS)
    .filter(([, queryKey]) => queries.getQueryState(queryKey)?.isInvalidated)
    .map(([name]) => name);

let refresher: Refresher;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  queries.clear();
  for (const queryKey of Object.values(KEYS)) queries.setQueryData(queryKey, {});
  refresher = new Refresher(queries);
});
afterEach(() => vi.useRealTimers());

it("refreshes what an event makes stale, and of one run only that run's", () => {
  refresher.add([{ path: "/api/v1/runs" }, { path: "/api/v1/runs/{run_id}", run: "r-1" }]);
  expect(stale()).toEqual([]);
  vi.advanceTimersByTime(MOMENT_MS);
  expect(stale()).toEqual(["runs", "one"]);
});

it("refreshes all of a path where an event is about no run", () => {
  refresher.add([{ path: "/api/v1/runs/{run_id}", run: "r-1" }]);
  refresher.add([{ path: "/api/v1/runs/{run_id}", run: null }]);
  refresher.add([{ path: "/api/v1/runs/{run_id}", run: "r-2" }]);
  vi.advanceTimersByTime(MOMENT_MS);
  expect(stale()).toEqual(["one", "other"]);
});

it("makes one of a burst, and waits a while before the next", () => {
  const invalidate = vi.spyOn(queries, "invalidateQueries");
  for (let at = 0; at < 100; at += 1) refresher.add([{ path: "/api/v1/runs/{run_id}", run: `r-${at % 3}` }]);
  vi.advanceTimersByTime(MOMENT_MS);
  expect(invalidate).toHaveBeenCalledTimes(1);
  refresher.add([{ path: "/api/v1/risk" }]);
  vi.advanceTimersByTime(GAP_MS - 1);
  expect(invalidate).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(invalidate).toHaveBeenCalledTimes(2);
  expect(stale()).toContain("risk");
});

it("does nothing for events that nothing depends on, nor after its end", () => {
  const invalidate = vi.spyOn(queries, "invalidateQueries");
  refresher.add([]);
  vi.advanceTimersByTime(GAP_MS);
  refresher.add([{ path: "/api/v1/risk" }]);
  refresher.stop();
  vi.advanceTimersByTime(GAP_MS);
  expect(invalidate).not.toHaveBeenCalled();
});

it("refreshes everything at once after what may have been missed", () => {
  refresher.all();
  expect(stale()).toEqual(Object.keys(KEYS));
});
