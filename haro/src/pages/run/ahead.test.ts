import { expect, test } from "vitest";

import { queryClient } from "~/app/queries";
import { answer, aRun } from "~/testing/runs";

import { askAhead, candlesQuery, runQuery } from "./ahead";

const WINDOW = { start: "2024-01-01T00:00:00Z", end: "2024-06-01T00:00:00Z" };
const RUN = aRun({ symbols: ["AAPL", "IBM"], start_time: WINDOW.start, end_time: WINDOW.end });
const CANDLES = { symbol: "AAPL", timeframe: "1d", items: [], total: 0, bars_per_item: 1 };

function asking(run = RUN) {
  return { run: answer(`/runs/${run.id}`, run), candles: answer("/candles", CANDLES) };
}

test("a chart's run and bars are there for the page that asks for them", async () => {
  const [asked, queries] = [asking(), queryClient()];
  await askAhead(queries, { pathname: "/runs/r1/chart", search: "" });
  expect([asked.run.length, asked.candles.length]).toEqual([1, 1]);
  expect(queries.getQueryData(runQuery("r1").queryKey)).toMatchObject({ id: "r1" });
  expect(queries.getQueryData(candlesQuery(RUN, "AAPL", WINDOW).queryKey)).toEqual(CANDLES);
});

test.each([
  ["/runs/r1", "", RUN],
  ["/runs/r1/chart", "?trade=2", RUN],
  ["/runs/r1/chart", "", aRun({ mode: "paper" })],
])("%s%s asks for its run alone", async (pathname, search, run) => {
  const asked = asking(run);
  await askAhead(queryClient(), { pathname, search });
  expect([asked.run.length, asked.candles.length]).toEqual([1, 0]);
});

test.each(["/", "/runs", "/runs/new", "/orders/r1"])("%s asks for nothing", async (pathname) => {
  const asked = asking();
  await askAhead(queryClient(), { pathname, search: "" });
  expect([asked.run.length, asked.candles.length]).toEqual([0, 0]);
});

test("what is refused is left to the page", async () => {
  answer("/runs/r1", { code: "not_found", message: "no", details: [], correlation_id: "c" }, 404);
  await expect(askAhead(queryClient(), { pathname: "/runs/r1/chart", search: "" })).resolves.toBeUndefined();
});
