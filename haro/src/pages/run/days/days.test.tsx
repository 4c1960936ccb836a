import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Outlet } from "react-router";
import { expect, test } from "vitest";

import type { RunDetail, Schemas } from "~/api/types";
import { answers } from "~/testing/answers";
import { renderWithin } from "~/testing/render";
import { answer, aRun, days, refused } from "~/testing/runs";

import DaysTab from "./DaysTab";

const PAPER = aRun({ mode: "paper", status: "running", venue: "alpaca" });

const summary = (day: string | null, given: Partial<Schemas["RunSummaryResponse"]> = {}) => ({
  run_id: "r1",
  name: "first",
  strategy_id: "sma-crossover",
  mode: "paper",
  status: "running",
  symbols: ["AAPL"],
  day,
  first: "2024-03-01T14:31:00Z",
  last: "2024-03-01T21:00:00Z",
  sampled: { interval: "1m", rows: 390 },
  start_equity: "10000",
  end_equity: "9987.5",
  pnl: "-12.5",
  total_return: -0.00125,
  realised_pnl: "-20",
  unrealised_pnl: "7.5",
  orders: { total: 3, by_status: { accepted: 1, filled: 2 } },
  fills: 2,
  trades: 1,
  wins: 0,
  commission: "0.35",
  slippage: null,
  exposure: 0.5,
  max_drawdown: -0.002,
  positions: [],
  notices: [],
  notices_total: 0,
  started_at: null,
  ended_at: null,
  ...given,
});

function show(run: RunDetail = PAPER, query = "") {
  return renderWithin(`/runs/r1/days${query}`, "/runs/:runId", <Outlet context={run} />, { days: <DaysTab /> });
}

/** Friday, Monday and Tuesday. */
const EQUITY = { items: [...days("2024-03-01", [1]), ...days("2024-03-04", [1, 2])] };

test("a day is shown with its figures, the newest first, and its report", async () => {
  answer("/runs/r1/equity", EQUITY);
  const asked = answers("get", "/api/v1/runs/{run_id}/summary", summary("2024-03-05"));
  show();
  expect(await screen.findByText(/^9\s987\.50$/)).toBeInTheDocument();
  expect(screen.getByText("−12.50")).toBeInTheDocument();
  expect(screen.getByText("3, 1 accepted, 2 filled")).toBeInTheDocument();
  expect(screen.getByText("1, 0 won")).toBeInTheDocument();
  expect(screen.getByText("It held nothing")).toBeInTheDocument();
  expect(screen.getByText(/^None: no halt/)).toBeInTheDocument();
  expect(asked[0]?.url.searchParams.get("day")).toBe("2024-03-05");
  expect(screen.getByRole("link", { name: "Report of this day" })).toHaveAttribute(
    "href",
    "/api/v1/runs/r1/report.html?day=2024-03-05",
  );
});

test("another day is chosen among the run's own, and days without bars are stepped over", async () => {
  answer("/runs/r1/equity", EQUITY);
  const asked = answers("get", "/api/v1/runs/{run_id}/summary", summary("2024-03-04"));
  const { address } = show(PAPER, "?day=2024-03-04");
  const day = await screen.findByLabelText("Day");
  expect(day).toHaveAttribute("min", "2024-03-01");
  expect(day).toHaveAttribute("max", "2024-03-05");
  await userEvent.click(screen.getByRole("button", { name: "The day before" }));
  await waitFor(() => expect(address()).toBe("/runs/r1/days?day=2024-03-01"));
  expect(screen.getByRole("button", { name: "The day before" })).toBeDisabled();
  await userEvent.click(screen.getByRole("button", { name: "The day after" }));
  await waitFor(() => expect(asked.map(({ url }) => url.searchParams.get("day"))).toContain("2024-03-01"));
  expect(address()).toBe("/runs/r1/days?day=2024-03-04");
});

test("what was held, and what a trader should have heard of", async () => {
  answer("/runs/r1/equity", EQUITY);
  const position = {
    symbol: "AAPL",
    quantity: "10",
    average_price: "100",
    cost: "1000",
    close: "110",
    market_value: "1100",
    unrealised_pnl: "100",
  };
  const notices = [{ time: "2024-03-05T15:00:00Z", type: "risk.Refused", text: "AAPL: too large" }];
  answer("/runs/r1/summary", summary("2024-03-05", { positions: [position], notices, trades: 0 }));
  show();
  expect(await screen.findByText("AAPL: too large")).toBeInTheDocument();
  expect(screen.getByRole("table", { name: "What it held at the day's end" })).toHaveTextContent(/1\s100\.00/);
});

test("a day on which it has nothing is said", async () => {
  answer("/runs/r1/equity", EQUITY);
  answer("/runs/r1/summary", refused("not_found", "the run has nothing on 2024-03-02"), 404);
  show(PAPER, "?day=2024-03-02");
  expect(await screen.findByText("the run has nothing on 2024-03-02")).toBeInTheDocument();
});

test("a run without bars, one that was not started and a backtest have no days", async () => {
  answer("/runs/r1/equity", { items: [] });
  const { unmount } = show();
  expect(await screen.findByText(/^The first comes with the first bar/)).toBeInTheDocument();
  unmount();
  show(aRun({ mode: "paper", status: "pending" }));
  expect(await screen.findByText("It has not been started.")).toBeInTheDocument();
  show(aRun());
  expect(await screen.findByText(/^Only paper and live runs have days/)).toBeInTheDocument();
});
