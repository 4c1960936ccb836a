import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";

import type { RunDetail, Schemas } from "~/api/types";
import { answers } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { answer, aRun, refused, take } from "~/testing/runs";
import { venue } from "~/testing/samples";

import PromotePage from "./PromotePage";
import { gateFigure, nextStep, settingText } from "./words";

const PAPER = aRun({ mode: "paper", status: "running", venue: "alpaca", name: "on paper" });
const GATES: Schemas["GateResponse"][] = [
  { name: "min_trades", limit: 30, value: 38, met: true, told: "38 trades; there must be at least 30" },
  { name: "min_psr", limit: 0.9, value: 0.42, met: false, told: "0.42; it must be at least 0.9" },
  { name: "drift_bps", limit: null, value: null, met: true, told: "off" },
];

const promotion = (given: Partial<Schemas["PromotionResponse"]> = {}): Schemas["PromotionResponse"] => ({
  run_id: "r1",
  to: "paper",
  name: "first",
  venue: "alpaca",
  met: false,
  problem: null,
  gates: GATES,
  differences: [
    { field: "mode", before: "backtest", after: "paper" },
    { field: "options.close_at_end", before: true, after: null },
  ],
  ...given,
});

beforeEach(() => {
  answer("/venues", {
    items: [
      venue({ id: "simulated", title: "Simulated", of_run: true }),
      venue(),
      venue({ mode: "live" }),
      venue({ id: "other", title: "Other", mode: "paper" }),
    ],
    reason: null,
  });
});

function show(run: RunDetail, found: unknown, query = "") {
  answer("/runs/r1", run);
  const asked = answers("get", "/api/v1/runs/{run_id}/promotion", found);
  return { asked, ...renderAt(`/runs/r1/promote${query}`, "/runs/:runId/promote", <PromotePage />) };
}

const MET = { met: true, gates: GATES.slice(0, 1) };
const button = (name: string) => screen.getByRole("button", { name });

test.each([
  [aRun({ mode: "live", status: "running" }), /trades live/],
  [aRun({ status: "running" }), /only a completed one is promoted; this one is running/],
  [aRun({ mode: "paper", status: "pending" }), /has not been started/],
  [aRun({ mode: "paper", status: "error" }), /It failed/],
])("a run that can take no step says why, and its gates are not asked for: %#", async (run, why) => {
  const { asked } = show(run, promotion(), "?to=live");
  expect(await screen.findByText(why)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Go to this run" })).toHaveAttribute("href", "/runs/r1");
  expect(asked).toEqual([]);
});

test("a setting that has parts is written as costs are", () => {
  expect(settingText({ commission_minimum: "1", slippage_bps: "7" })).toBe("commission_minimum=1, slippage_bps=7");
});

test("gates are told with limit, value and a word, and every difference is listed", async () => {
  const { asked } = show(aRun(), promotion());
  const gates = within(await screen.findByRole("table", { name: "Gates" })).getAllByRole("row");
  expect(gates.slice(1).map((row) => within(row).getAllByRole("cell").at(-1)?.textContent)).toEqual([
    "met",
    "not met",
    "off",
  ]);
  expect(gates[2]).toHaveTextContent("0.42; it must be at least 0.9");
  const changed = within(screen.getByRole("table", { name: "What would change" })).getAllByRole("row");
  expect(changed.slice(1).map((row) => row.textContent)).toEqual(["modebacktestpaper", "options: close at endyes–"]);
  expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ to: "paper", venue: "alpaca" });
});

test("without a reason nothing is sent, and that is said beside the field; with one the new run is gone to", async () => {
  const sent = take("/runs/r1/promote", { run: aRun({ id: "r2" }), gates: GATES, differences: [] });
  const { address } = show(aRun(), promotion());
  await userEvent.click(await screen.findByRole("button", { name: "Promote to paper" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Say why it is promoted though gates are not met.");
  expect(sent).toEqual([]);
  const reason = screen.getByLabelText("Why it is promoted all the same");
  expect(reason).toBeInvalid();
  await userEvent.type(reason, "by hand for years");
  await userEvent.type(screen.getByLabelText("Cash"), "5000");
  await userEvent.click(button("Promote to paper"));
  await waitFor(() => expect(address()).toBe("/runs/r2"));
  expect(sent).toEqual([{ to: "paper", venue: "alpaca", name: "first", cash: "5000", override: "by hand for years" }]);
});

test("where all gates are met no reason is asked for", async () => {
  const sent = take("/runs/r1/promote", { run: aRun({ id: "r2" }), gates: [], differences: [] });
  const { address } = show(aRun(), promotion(MET));
  await userEvent.click(await screen.findByRole("button", { name: "Promote to paper" }));
  await waitFor(() => expect(address()).toBe("/runs/r2"));
  expect(screen.queryByLabelText("Why it is promoted all the same")).not.toBeInTheDocument();
  expect(sent).toEqual([{ to: "paper", venue: "alpaca", name: "first" }]);
});

test("to live the new run's name is typed back", async () => {
  const sent = take("/runs/r1/promote", { run: aRun({ id: "r2" }), gates: [], differences: [] });
  const { address } = show(PAPER, promotion({ ...MET, to: "live", name: "on paper" }));
  const name = await screen.findByLabelText("Name");
  await userEvent.clear(name);
  await userEvent.type(name, "real one");
  const confirm = screen.getByLabelText("Type the new run's name: real one");
  await userEvent.type(confirm, "on paper");
  await userEvent.click(button("Promote to live"));
  expect(screen.getByText("It is not the new run's name.")).toBeInTheDocument();
  await userEvent.clear(confirm);
  await userEvent.type(confirm, "real one");
  await userEvent.click(button("Promote to live"));
  await waitFor(() => expect(address()).toBe("/runs/r2"));
  expect(sent).toEqual([{ to: "live", venue: "alpaca", name: "real one", confirm: "real one" }]);
});

test("what stands in its way is said, and keeps the button shut", async () => {
  show(PAPER, promotion({ ...MET, to: "live", problem: "live trading is off: set WEAVER_LIVE_TRADING=1" }));
  expect(await screen.findByText(/live trading is off/)).toBeInTheDocument();
  expect(button("Promote to live")).toBeDisabled();
});

test("another venue, or the market with real money at once, can be chosen", async () => {
  const { asked, address } = show(aRun(), (one: { url: URL }) => {
    const { to, venue: at } = Object.fromEntries(one.url.searchParams);
    return promotion({ ...MET, to: to as "paper", venue: at ?? "alpaca" });
  });
  await userEvent.selectOptions(await screen.findByLabelText("Venue"), "Other");
  await waitFor(() => expect(address()).toBe("/runs/r1/promote?venue=other"));
  await userEvent.selectOptions(await screen.findByLabelText("To"), "live");
  expect(await screen.findByRole("button", { name: "Promote to live" })).toBeInTheDocument();
  expect(asked.at(-1)?.url.searchParams.get("venue")).toBe("alpaca");
});

test("a replay of stored bars says which", async () => {
  const sent = take("/runs/r1/promote", refused("bad_input", "replay must be FROM or FROM..TO"), 400);
  show(
    aRun(),
    promotion({ ...MET, venue: "simulated", problem: "a run on simulated needs a replay" }),
    "?venue=simulated",
  );
  await userEvent.click(await screen.findByRole("button", { name: "Promote to paper" }));
  expect(screen.getByText(/^Say which stored bars/)).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText("Replay"), "soon");
  await userEvent.click(button("Promote to paper"));
  expect(await screen.findByText("replay must be FROM or FROM..TO")).toBeInTheDocument();
  expect(screen.getByLabelText("Replay")).toBeInvalid();
  expect(sent).toEqual([{ to: "paper", venue: "simulated", name: "first", replay: "soon", speed: "max" }]);
});

test("what is wrong with name and cash is said before anything is sent", async () => {
  show(aRun(), promotion(MET));
  await userEvent.clear(await screen.findByLabelText("Name"));
  await userEvent.type(screen.getByLabelText("Cash"), "much");
  await userEvent.click(button("Promote to paper"));
  expect(screen.getByText("Give it a name.")).toBeInTheDocument();
  expect(screen.getByText("Write a number, such as 12.5.")).toBeInTheDocument();
});

test("a run that cannot be promoted says why", async () => {
  answer("/runs/r1", aRun());
  answer("/runs/r1/promotion", refused("conflict", "run 'first' was deleted meanwhile"), 409);
  renderAt("/runs/r1/promote", "/runs/:runId/promote", <PromotePage />);
  expect(await screen.findByText("run 'first' was deleted meanwhile")).toBeInTheDocument();
});

test("the next step of a run", () => {
  const of = (given: Partial<RunDetail>) => nextStep({ ...aRun(), ...given });
  expect(of({})).toBe("paper");
  expect(of({ status: "running" })).toBeNull();
  expect(of({ mode: "paper", status: "stopped" })).toBe("live");
  expect(nextStep(aRun({ mode: "paper", options: { replay: "2010-01-04" } }))).toBe("paper");
  expect(of({ mode: "paper", status: "error" })).toBeNull();
  expect(of({ mode: "live", status: "running" })).toBeNull();
});

test("figures of gates and settings are written in their units", () => {
  expect(gateFigure("max_drawdown", 0.1)).toBe("10.00\u202f%");
  expect(gateFigure("drift_bps", 5)).toBe("5.00\u202fbps");
  expect(gateFigure("min_psr", null)).toBe("–");
  expect(gateFigure("replay_clean", true)).toBe("yes");
  expect(gateFigure("lookahead_clean", false)).toBe("no");
  expect(gateFigure("another", 1.5)).toBe("1.5");
  expect(settingText(["AAPL", "IBM"])).toBe("AAPL, IBM");
  expect(settingText({ a: 1 })).toBe("a=1");
});
