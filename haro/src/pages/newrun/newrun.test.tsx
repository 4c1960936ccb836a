import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";

import type { Series } from "~/api/types";
import { renderAt } from "~/testing/render";
import { answer, aRun, pageOf, refused, take } from "~/testing/runs";

import { sentence } from "./BottomLine";
import { offeredTimeframes, reach, timeframes, wrongDate } from "./catalogue";
import { changes } from "./Changes";
import { bodyOf, draftOf, EMPTY } from "./draft";
import { wrongCosts } from "./wrongCosts";
import NewRunPage from "./NewRunPage";
import { fieldsOf, given, helpOf, wrong } from "./schema";

const SCHEMA = {
  type: "object",
  properties: {
    fast: { title: "Fast", type: "integer", default: 10, minimum: 2, maximum: 500 },
    share: {
      title: "Share",
      type: "number",
      default: 0.5,
      exclusiveMinimum: 0,
      maximum: 1,
      description: "of the equity",
    },
    short: { title: "Short", type: "boolean", default: true },
    side: { title: "Side", enum: ["long", "both"], default: "long" },
    note: { title: "Note", type: "string", default: "" },
    levels: { title: "Levels", type: "array", default: [1, 2] },
  },
};
const series = (symbol: string, timeframe: string, first: string, last: string, missing = 0): Series => ({
  symbol,
  timeframe,
  asset_class: "stock",
  bars: 100,
  first,
  last,
  missing,
  content_hash: "x",
  source: null,
});
const STORED = [
  series("AAPL", "1d", "2015-01-02T00:00:00Z", "2021-03-30T00:00:00Z", 3),
  series("SYNTH", "1m", "2024-01-01T00:00:00Z", "2024-01-21T00:00:00Z"),
];
const strategy = (id: string, error: string | null = null) => ({
  id,
  name: id,
  version: "1",
  description: "Long while it rises.",
  class_name: id,
  file: `${id}.py`,
  built_in: true,
  source_hash: "x",
  params_schema: error ? null : SCHEMA,
  error,
});
const LIMIT = {
  name: "order_max",
  title: "Largest order",
  unit: "fraction",
  default: "1",
  does: "refuse",
  least: "0.0001",
  most: "100",
};
const VENUE = {
  id: "simulated",
  mode: "paper",
  title: "Simulated",
  description: "Fills as a backtest.",
  of_run: true,
  problem: null,
  feeds: {},
  settings: {},
};

beforeEach(() => {
  answer("/gaps", {
    symbol: "AAPL",
    timeframe: "1d",
    total: 2,
    items: [
      { start: "2016-03-01T00:00:00Z", end: "2016-03-02T00:00:00Z", missing: 1 },
      { start: "2019-05-06T00:00:00Z", end: "2019-05-08T00:00:00Z", missing: 2 },
    ],
  });
  answer("/strategies", pageOf([strategy("sma-crossover"), strategy("broken", "line 3: no such name")]));
  answer("/data", pageOf(STORED));
  answer("/candles", {
    symbol: "AAPL",
    timeframe: "1d",
    items: [],
    total: 1571,
    downsampled: true,
    bars_per_item: 1571,
  });
  answer("/venues", pageOf([VENUE]));
  answer("/risk", { fields: [LIMIT], accounts: [], refusals: [], kill_switch: { is_on: false } });
});

const show = (query = "") => renderAt(`/runs/new${query}`, "/runs/new", <NewRunPage />);

test("fields are drawn from the schema, with default and range", async () => {
  show();
  expect(await screen.findByLabelText("Fast")).toHaveAttribute("placeholder", "10");
  expect(screen.getByText("Default 10, from 2 to 500")).toBeInTheDocument();
  expect(screen.getByLabelText("Short")).toBeChecked();
  expect(within(screen.getByLabelText("Side")).getAllByRole("option")).toHaveLength(2);
  expect(screen.getByLabelText("From")).toHaveAttribute("max", "2021-03-30");
  expect(
    await screen.findByText(/^Backtest sma-crossover on AAPL, all bars there are, 1\s571 bars/),
  ).toBeInTheDocument();
});

test("Enter creates the run and starts it", async () => {
  const created = take("/runs", aRun({ id: "new" }));
  const started = take("/runs/new/start", aRun({ id: "new", status: "running" }), 200);
  const { address } = show();
  await userEvent.type(await screen.findByLabelText("Fast"), "12{Enter}");
  await waitFor(() => expect(address()).toBe("/runs/new"));
  await waitFor(() => expect(started).toHaveLength(1));
  expect(created[0]).toMatchObject({
    strategy_id: "sma-crossover",
    mode: "backtest",
    symbols: ["AAPL"],
    config: { fast: 12 },
  });
});

test("what would be refused is said beside the field, and nothing is sent", async () => {
  show();
  const fast = await screen.findByLabelText("Fast");
  await userEvent.type(fast, "1");
  expect(fast).toHaveAccessibleDescription(/at least 2/);
  expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
  await userEvent.clear(fast);
  await userEvent.type(fast, "x");
  expect(fast).toHaveAccessibleDescription(/whole number/);
});

test("what the server refuses stands beside its field, and else as a sentence with its code", async () => {
  take("/runs", refused("bad_input", "fast=12: must be below slow"), 400);
  show();
  const fast = await screen.findByLabelText("Fast");
  await userEvent.type(fast, "12{Enter}");
  await waitFor(() => expect(fast).toHaveAccessibleDescription(/must be below slow/));
  expect(screen.queryByText(/bad_input/)).toBeNull();
  take("/runs", refused("conflict", "the database is read-only"), 409);
  await userEvent.type(fast, "{Backspace}3{Enter}");
  expect(await screen.findByText("the database is read-only")).toBeInTheDocument();
  expect(screen.getByText(/conflict/)).toHaveTextContent("c-1");
});

test("symbols are added and taken away, and one is needed", async () => {
  show("?symbol=SYNTH&strategy=sma-crossover");
  await userEvent.click(await screen.findByRole("button", { name: "Take SYNTH away" }));
  expect(screen.getByText("A run needs one symbol at least.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText("Symbols"), "msft{Enter}");
  expect(within(screen.getByRole("list", { name: "Chosen symbols" })).getByText("MSFT")).toBeInTheDocument();
  expect(screen.getByLabelText("Symbols")).toHaveAccessibleDescription("There are no bars of MSFT: import some first.");
});

test("where there are no bars nothing is complained of before it is started, and then nothing is sent", async () => {
  answer("/data", pageOf([]));
  const created = take("/runs", aRun({ id: "new" }));
  const { container } = show();
  const start = await screen.findByRole("button", { name: "Start run" });
  expect(container.querySelectorAll("[aria-invalid=true], [role=alert]")).toHaveLength(0);
  await userEvent.click(start);
  expect(screen.getByLabelText("Symbols")).toHaveAccessibleDescription("A run needs one symbol at least.");
  expect(start).toBeDisabled();
  expect(created).toEqual([]);
});

test("another mode's needs are asked for once they are touched, or it is started", async () => {
  show();
  await userEvent.selectOptions(await screen.findByLabelText("Mode"), "paper");
  const replay = screen.getByLabelText("Replay");
  expect(replay).toBeValid();
  await userEvent.type(replay, "2020-02-01..2020-01-01");
  expect(replay).toHaveAccessibleDescription(/It ends before it begins/);
});

test("a broken strategy shows its error and does not start", async () => {
  show("?strategy=broken");
  expect(await screen.findByText("line 3: no such name")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
});

test("a paper run asks for its venue's needs, and says what would change", async () => {
  answer("/runs/r1", aRun({ name: "good one", options: { cash: "5000" } }));
  const created = take("/runs", aRun({ id: "p", mode: "paper" }));
  take("/runs/p/start", aRun({ id: "p" }), 200);
  show("?clone=r1&mode=paper");
  expect(
    await screen.findByText("Mode: backtest → paper: its orders go to a venue, and its bars come one by one"),
  ).toBeInTheDocument();
  expect(await screen.findByText("Fills as a backtest.")).toBeInTheDocument();
  expect(screen.getByLabelText("Venue")).toHaveDisplayValue("Simulated");
  const replay = screen.getByLabelText("Replay");
  expect(replay).toBeValid(); // nobody has touched it yet
  await userEvent.click(screen.getByRole("button", { name: "Start run" }));
  expect(replay).toHaveAccessibleDescription(/Say which stored bars/);
  expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText("Replay"), "2020-01-02");
  await userEvent.type(screen.getByLabelText("Largest order"), "0.5");
  await userEvent.selectOptions(screen.getByLabelText("Costs"), "none");
  await userEvent.selectOptions(screen.getByLabelText("What the venue takes"), "alpaca-stocks");
  await userEvent.selectOptions(screen.getByLabelText("When its strategy fails"), "flatten");
  await userEvent.click(screen.getByRole("button", { name: "Start run" }));
  await waitFor(() => expect(created).toHaveLength(1));
  expect(created[0]).toMatchObject({
    mode: "paper",
    venue: "simulated",
    replay: "2020-01-02",
    cash: "5000",
    timeframe: "1d",
    config: { fast: 5 },
    risk: { order_max: "0.5" },
    costs: "none",
    venue_costs: "alpaca-stocks",
    on_error: "flatten",
  });
});

test("a live run is created, and started elsewhere", async () => {
  const created = take("/runs", aRun({ id: "l", mode: "live" }));
  show();
  await userEvent.selectOptions(await screen.findByLabelText("Mode"), "live");
  expect(screen.getByText(/real money\. It starts on its own page/)).toBeInTheDocument();
  await userEvent.selectOptions(screen.getByLabelText("Timeframe"), "1d");
  expect(screen.getByRole("button", { name: "Create live run" })).toBeEnabled();
  await userEvent.click(screen.getByRole("button", { name: "Create live run" }));
  await waitFor(() => expect(created).toHaveLength(1));
});

test("a benchmark is one of the store", async () => {
  const sent = take("/runs", aRun({ id: "new" }));
  take("/runs/new/start", aRun({ id: "new", status: "running" }), 200);
  show();
  const field = await screen.findByLabelText("Benchmark");
  await userEvent.type(field, "NONE");
  expect(field).toHaveAccessibleDescription("There are no bars of NONE: import some first.");
  await userEvent.clear(field);
  await userEvent.type(field, "SYNTH{Enter}");
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({ benchmark: "SYNTH" });
});

test("dates outside what exists, costs and seldom changed options", async () => {
  show();
  await userEvent.type(await screen.findByLabelText("From"), "2022-01-01");
  expect(screen.getByText("The bars end on 2021-03-30.")).toBeInTheDocument();
  await userEvent.selectOptions(screen.getByLabelText("Costs"), "own");
  expect(screen.getByLabelText("Costs: my own")).toHaveValue("commission_bps=0");
  await userEvent.type(screen.getByLabelText("Cash"), "-5");
  expect(screen.getByText("It must be above 0.")).toBeInTheDocument();
});

test("the slider shows where bars are missing, and says the longest stretches in words", async () => {
  const { container } = show();
  const said = await screen.findByRole("list", { name: "Longest gaps" });
  expect(
    within(said)
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent),
  ).toEqual(["AAPL: 2 missing from 2019-05-06 on", "AAPL: 1 missing from 2016-03-01 on"]);
  // 2015-01-02 to 2021-03-30 are 2279 days; 2019-05-06 is the 1585th after the first, 2019-05-08 the 1587th.
  const mark = container.querySelector("[title^='AAPL: 2 missing']");
  expect(mark).toHaveStyle({ left: `${(1585 / 2279) * 100}%`, right: `calc(100% - ${(1587 / 2279) * 100}%)` });
  const slider = screen.getByLabelText("First day");
  expect(slider).toHaveAttribute("aria-valuetext", "2015-01-02");
  fireEvent.change(slider, { target: { value: Date.parse("2019-01-01") / 86_400_000 } });
  expect(screen.getByLabelText("From")).toHaveValue("2019-01-01");
  fireEvent.change(screen.getByLabelText("Last day"), { target: { value: Date.parse("2018-01-01") / 86_400_000 } });
  expect(screen.getByLabelText("To")).toHaveValue("2019-01-01"); // the handles do not pass each other
});

test("a parameter that may be left out, or is named elsewhere, is of its own kind all the same", () => {
  const fields = fieldsOf({
    $defs: { Side: { enum: ["long", "short"] } },
    properties: {
      side: { $ref: "#/$defs/Side", default: "long" },
      stop: { anyOf: [{ type: "number", exclusiveMinimum: 0 }, { type: "null" }], default: null },
      odd: { anyOf: [{ type: "number" }, { type: "string" }] },
    },
  });
  expect(fields.map(({ kind, initial }) => [kind, initial])).toEqual([
    ["choice", "long"],
    ["number", ""],
    ["json", ""],
  ]);
  const [, stop] = fields;
  expect(stop && [wrong(stop, "0"), wrong(stop, "1e400"), wrong(stop, "")]).toEqual([
    "It must be above 0.",
    "That is more than can be sent.",
    undefined,
  ]);
  expect(given(fields, { side: "short", stop: "0.5" })).toEqual({ side: "short", stop: 0.5 });
});

test("parameters are read as their kinds", () => {
  const fields = fieldsOf(SCHEMA);
  const values = { fast: "12", share: "0.25", short: false, side: "both", note: "5", levels: "[3]" };
  expect(given(fields, values)).toEqual({ fast: 12, share: 0.25, short: false, side: "both", note: "5", levels: [3] });
  expect(given(fields, { fast: "", share: "abc" })).toEqual({ share: "abc" });
  const share = fields.find(({ name }) => name === "share");
  expect(share && helpOf(share)).toBe("of the equity. Default 0.5, above 0 to 1");
  expect(
    share && [wrong(share, "0"), wrong(share, "2"), wrong(share, "x"), wrong(share, "0.4"), wrong(share, "")],
  ).toEqual(["It must be above 0.", "It must be at most 1.", "It must be a number.", undefined, undefined]);
  expect(fieldsOf(null)).toEqual([]);
});

test("the catalogue says which timeframes and days there are", () => {
  expect(timeframes(STORED, ["AAPL"])).toEqual(["1d", "1w", "1mo"]);
  expect(timeframes(STORED, ["SYNTH"])[0]).toBe("1m");
  expect(reach(STORED, ["AAPL"])).toEqual({ first: "2015-01-02", last: "2021-03-30", missing: 3 });
  expect(reach(STORED, ["NONE"])).toBeNull();
  const there = reach(STORED, ["AAPL"]);
  expect(wrongDate("2014-01-01", there, "to", "")).toBe("The bars begin on 2015-01-02.");
  expect(wrongDate("2020-01-02", there, "from", "2020-01-01")).toBe("It is after the end.");
  expect(wrongDate("2020-01-01", there, "to", "2020-01-02")).toBe("It is before the start.");
  expect(wrongDate("", there, "to", "")).toBeUndefined();
});

test("a run's settings are carried over within its mode", () => {
  const run = aRun({
    config: { fast: 5, short: true },
    start_time: "2020-01-02T00:00:00Z",
    options: { costs: { commission_bps: "1" }, seed: 4, benchmark: "SPY", close_at_end: true, lookahead_check: false },
  });
  const draft = draftOf(run);
  expect(draft).toMatchObject({
    from: "2020-01-02",
    costs: "commission_bps=1",
    seed: "4",
    benchmark: "SPY",
    closeAtEnd: true,
    skipCheck: true,
  });
  expect(bodyOf(draft, [])).toMatchObject({
    costs: "commission_bps=1",
    benchmark: "SPY",
    close_at_end: true,
    lookahead_check: false,
    seed: 4,
  });
  expect(changes(run, draft)).toEqual([]);
  expect(changes(run, { ...draft, cash: "5", symbols: ["IBM"], parameters: { fast: "7" } })).toEqual([
    "Symbols: AAPL → IBM",
    "fast: 5 → 7",
    "short: true → the default",
    "Cash: the default → 5",
  ]);
  expect(changes(aRun({ mode: "paper" }), { ...draftOf(aRun({ mode: "paper" })), mode: "backtest" })[0]).toContain(
    "backtest, on stored bars",
  );
});

test("a venue's own bars come in any usual timeframe; stored ones in those that can be made of them", () => {
  const draft = { ...EMPTY, mode: "paper" as const, symbols: ["AAPL"] };
  expect(offeredTimeframes({ ...draft, venue: "alpaca" }, STORED)).toContain("1m");
  expect(offeredTimeframes({ ...draft, venue: "simulated" }, STORED)).toEqual(["1d", "1w", "1mo"]);
  expect(offeredTimeframes({ ...draft, mode: "backtest" }, STORED)).toEqual(["1d", "1w", "1mo"]);
});

test("what will happen is said in words", () => {
  const draft = { ...EMPTY, strategy: "s", symbols: ["AAPL", "IBM"], timeframe: "1d" };
  expect(sentence({ ...draft, from: "2020-01-01", to: "2020-02-01", costs: "none" }, 20)).toBe(
    "Backtest s on AAPL, IBM 1d, 2020-01-01 to 2020-02-01, 20 bars, 100\u202f000 of cash, no costs.",
  );
  expect(sentence({ ...draft, from: "2020-01-01", costs: "commission_bps=1" }, undefined)).toContain(
    "to the last bar, 100",
  );
  expect(sentence({ ...draft, mode: "paper", venue: "simulated", replay: "2020-01-01" }, undefined)).toContain(
    "replaying 2020-01-01",
  );
  expect(sentence({ ...draft, symbols: [] }, 0)).toBe("s needs a symbol to run on.");
  expect(sentence(EMPTY, 0)).toBe("Choose a strategy.");
});

test.each([
  [{ commission_bps: "1", borrow_rate: "0.05" }, "commission_bps=1,borrow_rate=0.05"],
  [{ AAPL: { maker_bps: "1", taker_bps: "5" }, "*": "none" }, "none,AAPL:maker_bps=1,taker_bps=5"],
  [{ "A:B": "fx", "*": { funding: "2024-01-01T00:00:00Z=0.1" } }, "funding=2024-01-01T00:00:00Z=0.1,A:B:fx"],
])("costs of a run are written as they are typed", (costs, text) => {
  expect(draftOf(aRun({ options: { costs } })).costs).toBe(text);
  expect(wrongCosts(text)).toBeUndefined();
});
