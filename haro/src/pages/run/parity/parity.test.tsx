import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Outlet } from "react-router";
import { expect, test } from "vitest";

import type { RunDetail } from "~/api/types";
import { sum } from "~/format/decimal";
import { drift, job, orderOfOne, replay } from "~/testing/parity";
import { renderWithin } from "~/testing/render";
import { answer, aRun, refused, take } from "~/testing/runs";

import { PagedRows } from "~/ui/tables/PagedRows";
import ParityTab from "./ParityTab";
import { linesOf } from "./PnlPanel";

const PAPER = aRun({ mode: "paper", venue: "simulated", status: "completed" });

function show(run: RunDetail = PAPER, query = "") {
  return renderWithin(`/runs/${run.id}/parity${query}`, "/runs/:runId", <Outlet context={run} />, {
    parity: <ParityTab />,
  });
}

function kept(over: { replay?: unknown; drift?: unknown }) {
  answer("/runs/r1/parity", { replay: null, drift: null, ...over });
}

const panel = (name: string) => within(screen.getByRole("region", { name }));
const cells = (row: HTMLElement) =>
  within(row)
    .getAllByRole("cell")
    .map(({ textContent }) => textContent.replaceAll("\u202f", " "));
const rows = (table: HTMLElement) => within(table).getAllByRole("row").slice(1).map(cells);

test("a backtest and a run that was not started have nothing to compare", async () => {
  show(aRun());
  expect(await screen.findByText(/this is a backtest/)).toBeInTheDocument();
  show(aRun({ mode: "paper", status: "pending" }));
  expect(await screen.findByText(/It has not been started/)).toBeInTheDocument();
});

test("where no report was made each panel says what it would be", async () => {
  kept({});
  show();
  expect(await screen.findByText("Not replayed yet")).toBeInTheDocument();
  expect(await screen.findByText("Not compared with its backtest yet")).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "P&L explained" })).not.toBeInTheDocument();
});

const DIFFERENCE = {
  number: 214,
  time: "2010-11-08T21:00:00Z",
  recorded: "place order 13: buy 100 AAPL market day",
  again: "nothing",
  recorded_action: "{}",
  again_action: null,
  error: null,
  is_altered: false,
  inputs: ["fill of order 12: 100 at 45.1", "bar AAPL close 45.49"],
};

test("a replay that is the record says so, with what was compared", async () => {
  kept({ replay: replay() });
  show();
  expect(await screen.findByText("Identical: every decision is the recorded one")).toBeInTheDocument();
  expect(panel("Replay").getByText("505")).toBeInTheDocument();
});

test("the first decision that differs is shown with its input", async () => {
  kept({ replay: replay({ is_identical: false, ticks: 214, difference: DIFFERENCE }) });
  show();
  expect(await screen.findByText(/It decides otherwise at tick 214/)).toBeInTheDocument();
  expect(screen.getByText("place order 13: buy 100 AAPL market day")).toBeInTheDocument();
  expect(screen.getByText("nothing")).toBeInTheDocument();
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(DIFFERENCE.inputs);
});

test("says which tick's record was changed", async () => {
  const error = "the record is not what was written down then";
  const difference = { ...DIFFERENCE, number: 3, is_altered: true, error };
  kept({ replay: replay({ is_identical: false, ticks: 3, difference }) });
  show();
  expect(await screen.findByText(/What is recorded was changed at tick 3/)).toBeInTheDocument();
  expect(screen.getByText(error)).toBeInTheDocument();
});

test("a report is made as a job, whose progress is shown, and then stands there", async () => {
  answer("/jobs/j-9", job());
  kept({ replay: replay() });
  const posted = take("/runs/r1/drift", job({ status: "queued", fraction: 0 }));
  const { address } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Run drift" }));
  expect(await screen.findByText(/comparing/)).toHaveTextContent(/90\.00/);
  expect(address()).toBe("/runs/r1/parity?drift=j-9");
  kept({ replay: replay(), drift: drift() });
  answer("/jobs/j-9", job({ status: "done", fraction: 1, result: drift() }));
  expect(await screen.findByRole("region", { name: "P&L explained" })).toBeInTheDocument();
  expect(posted).toHaveLength(1);
  await expect.poll(address).toBe("/runs/r1/parity");
});

test("why none can be begun is said, and why one failed", async () => {
  kept({});
  take("/runs/r1/replay", refused("conflict", "run 'first' has not begun"), 409);
  answer("/jobs/j-9", job({ status: "error", error: "its backtest failed: no bars" }));
  show(PAPER, "?drift=j-9");
  expect(await screen.findByText("its backtest failed: no bars")).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Run drift" })).toBeEnabled();
  await userEvent.click(screen.getByRole("button", { name: "Run replay" }));
  expect(await screen.findByText("run 'first' has not begun")).toBeInTheDocument();
});

test("a job that the server no longer knows keeps nobody from beginning another", async () => {
  kept({ drift: drift() });
  answer("/jobs/j-1", refused("not_found", "there is no job 'j-1'"), 404);
  show(PAPER, "?drift=j-1");
  expect(await screen.findByText("there is no job 'j-1'")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Run drift" })).toBeEnabled();
});

test("a server that fails is said, and asked again", async () => {
  answer("/runs/r1/parity", refused("unavailable", "the database is away"), 500);
  show();
  expect(await screen.findByText("the database is away")).toBeInTheDocument();
  kept({ replay: replay(), drift: drift() });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/^Identical/)).toBeInTheDocument();
});

test("the P&L is explained to the last digit, as a picture and as a table", async () => {
  kept({ drift: drift() });
  show();
  const picture = await screen.findByRole("img", { name: /^P&L from the backtest's to the run's/ });
  expect(picture).toHaveAccessibleName(
    /backtest 21\u202f345\.80, Fill prices, closed −1\u202f290\.40, Other quantities −31\.20, P&L of the run 20\u202f024\.20$/,
  );
  const table = rows(screen.getByRole("table", { name: "P&L, part by part" }));
  expect(table).toHaveLength(4);
  expect(screen.getByText(/^Nothing comes from: fill prices, still held, commissions, .*, rounding\.$/)).toBeVisible();
  expect(table.at(-1)?.[1]).toBe("20 024.20");
  expect(screen.getByText(/The axis is cut/)).toBeInTheDocument();
  const lines = linesOf(drift().pnl);
  expect(sum(lines.slice(0, -1).map(({ amount }) => amount))).toBe(lines.at(-1)?.amount);
});

test("fill prices are told over time, in their spread, and one by one", async () => {
  kept({ drift: drift() });
  show();
  expect(
    await screen.findByRole("img", { name: /^Price differences of 2 fills over time, mean \+7\.00/ }),
  ).toBeVisible();
  expect(
    screen.getByRole("img", { name: /^Slippage of the run, mean 9\.00 bps, against .* 2\.00 bps$/ }),
  ).toBeVisible();
  const spread = rows(screen.getByRole("table", { name: "Slippage in basis points" }));
  expect(spread.map(([name, mean]) => [name, mean])).toEqual([
    ["The run", "9.00"],
    ["The costs assume", "2.00"],
    ["Difference", "7.00"],
  ]);
  const each = rows(screen.getByRole("table", { name: "Price differences" }));
  expect(each[0]).toEqual(["2010-02-01", "3", "AAPL", "buy", "100", "45.04", "45.01", "9.00", "2.00", "7.00"]);
});

test("where nothing was filled of the same order that is said", async () => {
  const prices = { drift: null, realised: null, assumed: null, listed: [], total: 0 };
  kept({ drift: drift({ prices, drift_bps: null }) });
  show();
  expect(await screen.findByText("No fill can be compared")).toBeInTheDocument();
  expect(screen.getByText("no fill can be compared")).toBeInTheDocument();
});

test("orders of one alone, bars that went wrong and other stored bars are listed", async () => {
  const given = drift();
  const bar = { symbol: "AAPL", time: "2010-03-01T00:00:00Z" };
  kept({
    drift: drift({
      orders: { ...given.orders, only_live: [orderOfOne()], only_live_total: 700 },
      missed: { count: 1, listed: [bar] },
      late: { count: 400, listed: [bar] },
      stored: [{ symbol: "AAPL", given: 505, same: 504, other: 1, not_stored: 0, not_given: 0, first: bar.time }],
      notes: ["late and corrected bars are in neither"],
    }),
  });
  show();
  expect(await screen.findByText(/^Only in the run: 700, of which the first 1/)).toBeInTheDocument();
  expect(rows(screen.getByRole("table", { name: "Orders only in the run" }))[0]).toEqual([
    "2010-06-01",
    "buy",
    "IBM",
    "limit",
    "10",
    "filled",
    "−12.50",
  ]);
  expect(screen.getByText("Only in the backtest: none.")).toBeInTheDocument();
  const bars = rows(
    screen.getByRole("table", { name: /^Bars that were missed, late or corrected, the first of each/ }),
  );
  expect(bars.map(([, symbol, kind]) => [symbol, kind])).toEqual([
    ["AAPL", "missed"],
    ["AAPL", "late"],
  ]);
  expect(screen.getByRole("table", { name: "Stored bars beside those given" })).toBeInTheDocument();
  expect(screen.getByText("late and corrected bars are in neither")).toBeInTheDocument();
});

test("a long table is shown a page at a time", async () => {
  const numbers = Array.from({ length: 60 }, (_, at) => ({ at }));
  renderWithin("/", "/", <PagedRows caption="Numbers" columns={[{ id: "at", accessorKey: "at" }]} rows={numbers} />);
  expect(screen.getByText("1–25 of 60")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Next page" }));
  expect(screen.getByRole("cell", { name: "25" })).toBeInTheDocument();
});
