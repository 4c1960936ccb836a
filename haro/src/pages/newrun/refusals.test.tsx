/** The form of a new run, filled with what nobody should fill in. */
import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { series, strategy, venue } from "~/testing/samples";
import { answerAll } from "~/testing/world";

import NewRunPage from "./NewRunPage";

const LONG = "x".repeat(500);

beforeEach(() =>
  answerAll({
    "/api/v1/data": page(series(), series({ symbol: "MIN", timeframe: "1m" })),
    "/api/v1/strategies": page(strategy()),
    "/api/v1/venues": { items: [venue({ id: "simulated", title: "Simulated", of_run: true })], reason: null },
  }),
);

async function show(query = "") {
  renderAt(`/runs/new?symbol=AAPL${query}`, "/runs/new", <NewRunPage />);
  return screen.findByRole("button", { name: "Start run" });
}

/** What stands beside a field with this in it. */
function saidOf(label: string, typed: string): string {
  const field = screen.getByLabelText(label);
  const before = (field as HTMLInputElement).value;
  fireEvent.change(field, { target: { value: typed } });
  const said = field.getAttribute("aria-invalid") ? (field.getAttribute("aria-describedby") ?? "") : "";
  const words = said
    .split(" ")
    .filter((id) => id.endsWith("-error"))
    .map((id) => document.getElementById(id)?.textContent ?? "");
  fireEvent.change(field, { target: { value: before } });
  return words.join(" ");
}

const NO_NUMBER = "Write a number, such as 12.5.";
const DIGITS = "It may have 18 digits at most on either side of the point.";

describe("a backtest", () => {
  it("says beside each field what the server would refuse, and can be started once it is mended", async () => {
    const start = await show();
    await userEvent.selectOptions(screen.getByLabelText("Costs"), "own");
    for (const [label, typed, said] of [
      ["Name of the run", LONG, "It may have 200 letters at most; these are 500."],
      ["fast", "abc", "It must be a whole number."],
      ["fast", "-5", "It must be at least 2."],
      ["fast", "NaN", "It must be a whole number."],
      ["fast", "1e400", "It must be a whole number."],
      ["fast", "9".repeat(30), "That is more than can be sent."],
      ["fast", "501", "It must be at most 500."],
      ["Cash", "abc", NO_NUMBER],
      ["Cash", "NaN", NO_NUMBER],
      ["Cash", "-5", "It must be above 0."],
      ["Cash", "0.000", "It must be above 0."],
      ["Cash", "1e400", DIGITS],
      ["Cash", "1.1234567890123456789", DIGITS],
      ["Leverage", "2", "That needs a margin account."],
      ["Leverage", "0", "It must be above 0."],
      ["Maintenance margin", "1", "It must be under 1."],
      ["Maintenance margin", "-0.1", "It must be 0 or more."],
      ["Bars of history", "1.5", "It must be a whole number."],
      ["Bars of history", "-1", "It must be 0 or more."],
      ["Seed", "abc", "It must be a whole number."],
      ["Seed", "9007199254740993", "It must be 9007199254740991 or less."], // JSON would send another number
      ["Costs: my own", "commission_bps", ""], // a preset, for all that is known here
      ["Costs: my own", "commission_bps=", "Write names and numbers, as commission_bps=2,slippage_bps=1."],
      ["Costs: my own", "commission_bps=abc", `commission_bps: ${NO_NUMBER}`],
      ["Costs: my own", "none,AAPL:commission_bps=abc", `commission_bps: ${NO_NUMBER}`],
      ["Costs: my own", "AAPL:fx=1,fx=1", "fx: It is given twice."],
      ["Costs: my own", "commission_bps=-1", "commission_bps: It must be 0 or more."],
      ["Costs: my own", "a=1,a=2", "a: It is given twice."],
      ["From", "2030-01-01", "The bars end on 2013-03-01."],
      ["To", "1990-01-01", "The bars begin on 2000-03-01."],
    ] as const) {
      expect([label, typed, saidOf(label, typed)]).toEqual([label, typed, said]);
      expect(start).toBeEnabled();
    }
    fireEvent.change(screen.getByLabelText("From"), { target: { value: "2012-02-01" } });
    fireEvent.change(screen.getByLabelText("To"), { target: { value: "2012-01-01" } });
    expect(screen.getByText("It is after the end.")).toBeInTheDocument();
    expect(screen.getByText("It is before the start.")).toBeInTheDocument();
    expect(start).toBeDisabled();
  });

  it("of bars of several timeframes, or on no bars at all, has to be said more exactly", async () => {
    const start = await show();
    await userEvent.type(screen.getByLabelText("Symbols"), "MIN{Enter}");
    expect(screen.getByText("The bars have several timeframes: choose one.")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Take MIN away" }));
    expect(start).toBeEnabled();
    await userEvent.type(screen.getByLabelText("Symbols"), "nope{Enter}");
    expect(screen.getByText("There are no bars of NOPE: import some first.")).toBeInTheDocument();
    expect(start).toBeDisabled();
  });

  it("short of a margin account is not sold short", async () => {
    const start = await show();
    await userEvent.click(screen.getByLabelText("Allow short positions"));
    expect(screen.getByText("That needs a margin account.")).toBeInTheDocument();
    await userEvent.selectOptions(screen.getByLabelText("Account"), "margin");
    expect(start).toBeEnabled();
  });

  it.each([
    ["cash must be above 0, not 0", "Cash"],
    ["costs 'abc': not a preset (none) nor key=value,…", "Costs"],
    ["symbol 'AA' is named twice", "Symbols"],
    ["timeframe '7x' is unknown: write minutes", "Timeframe"],
    ["fast=5: must be below slow", "fast"],
  ])("that the server refuses with %j has it beside %s", async (said, label) => {
    const start = await show();
    refuses("post", "/api/v1/runs", 400, said);
    await userEvent.click(start);
    expect(await screen.findByText(said)).toBeInTheDocument();
    expect(screen.getByLabelText(label)).toHaveAccessibleDescription(new RegExp(said.slice(0, 10)));
    expect(screen.queryByText(/refused · c-1/)).toBeNull();
  });

  it("that is refused for what no field shows says so in a sentence with its code", async () => {
    const start = await show();
    refuses("post", "/api/v1/runs", 400, "AAPL is in the store as stock, not crypto: leave the asset out");
    await userEvent.click(start);
    expect(await screen.findByText(/leave the asset out/)).toBeInTheDocument();
    expect(screen.getByText(/refused · c-1/)).toBeInTheDocument();
  });
});

it("a replay says beside its fields what the server would refuse", async () => {
  await show("&mode=paper");
  await screen.findByLabelText("Loss within a session");
  for (const [label, typed, said] of [
    ["Replay", "2024-01-01 to 2024-02-01", "Say which stored bars to replay."],
    ["Replay", "2024-02-01..2024-01-01", "It ends before it begins."],
    ["Replay", "2024-01-02..2024-06-28", ""],
    ["Speed", "0", "It must be above 0."],
    ["Speed", "fast", NO_NUMBER],
    ["Speed", "max", ""],
    ["Loss within a session", "1.5", "It must be 1 or less."],
    ["Loss within a session", "NaN", NO_NUMBER],
    ["Orders a minute", "0", "It must be 1 or more."],
    ["Timeframe", "", "A paper or live run needs one."],
    ["Venue", "", "A paper or live run needs one."],
  ] as const)
    expect([label, typed, saidOf(label, typed)]).toEqual([label, typed, said]);
  await userEvent.selectOptions(screen.getByLabelText("What the venue takes"), "own");
  expect(saidOf("What the venue takes: my own", "a=NaN")).toBe(`a: ${NO_NUMBER}`);
});
