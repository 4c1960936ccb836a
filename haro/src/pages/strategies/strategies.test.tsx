import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { answers, page, refuses, type Asked } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { listedRun, run, strategy } from "~/testing/samples";

import { parametersOf } from "./parameters";
import StrategiesPage from "./StrategiesPage";
import StrategyPage from "./StrategyPage";
import { versionsOf } from "./Versions";

it("lists strategies with the way to run them, and broken files with their error", async () => {
  const broken = strategy({ id: "broken", file: "broken.py", error: "broken.py line 4: expected ':'" });
  answers("get", "/api/v1/strategies", page(strategy(), broken));
  renderAt("/strategies", "/strategies", <StrategiesPage />);
  expect(await screen.findByText("broken.py line 4: expected ':'")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Backtest Sma crossover" })).toHaveAttribute(
    "href",
    "/runs/new?strategy=sma-crossover&mode=backtest",
  );
  expect(screen.getByRole("link", { name: "Trade Sma crossover on paper" })).toHaveAttribute(
    "href",
    "/runs/new?strategy=sma-crossover&mode=paper",
  );
});

it("says what a rescan found, or why it could not be done", async () => {
  answers("get", "/api/v1/strategies", page());
  answers("post", "/api/v1/strategies/rescan", { added: ["mine"], changed: [], removed: [], total: 1 });
  renderAt("/strategies", "/strategies", <StrategiesPage />);
  expect(await screen.findByText("There is no strategy that can be run.")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Rescan" }));
  expect((await screen.findAllByText("mine")).length).toBeGreaterThan(0);
  refuses("post", "/api/v1/strategies/rescan", 409, "this server is read-only");
  await userEvent.click(screen.getByRole("button", { name: "Rescan" }));
  expect(await screen.findByText("this server is read-only")).toBeInTheDocument();
});

it("shows one: parameters, source, versions, and how a version differs from now", async () => {
  answers("get", "/api/v1/strategies/{strategy_id}", strategy());
  answers("get", "/api/v1/strategies/{strategy_id}/source", { source: "class A:\n    fast = 10\n" });
  const older = listedRun({ id: "r-0", source_hash: "0123456789", created_at: "2026-11-01T00:00:00Z" });
  answers(
    "get",
    "/api/v1/runs",
    page(listedRun(), older, { ...older, id: "r-00", created_at: "2026-10-01T00:00:00Z" }),
  );
  answers("get", "/api/v1/runs/{run_id}", { ...run(), strategy_source: "class A:\n    fast = 9\n" });
  renderAt("/strategies/sma-crossover", "/strategies/:strategyId", <StrategyPage />);
  const parameters = await screen.findByRole("table", { name: "Parameters" });
  expect(within(parameters).getByText("≥ 2, ≤ 500")).toBeInTheDocument();
  expect(within(parameters).getByText("simple, weighted")).toBeInTheDocument();
  const source = await screen.findByRole("region", { name: "Text of the source" });
  expect(source).toHaveTextContent("fast = 10");
  expect(source.querySelector(".hljs-keyword")).toHaveTextContent("class");
  expect(await screen.findByText("the one of now")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Compare 01234567 with another" }));
  const difference = await screen.findByRole("region", { name: "Difference of sources" });
  expect(difference).toHaveTextContent("− fast = 9");
  expect(difference).toHaveTextContent("+ fast = 10");
  await userEvent.click(screen.getByRole("button", { name: "Compare 01234567 with another" }));
  expect(screen.queryByRole("region", { name: "Difference of sources" })).not.toBeInTheDocument();
});

it("shows how any two versions differ", async () => {
  const source = { "r-1": "fast = 1\n", "r-2": "fast = 2\n" };
  answers("get", "/api/v1/strategies/{strategy_id}", strategy({ source_hash: "third" }));
  answers("get", "/api/v1/strategies/{strategy_id}/source", { source: "fast = 2\n" });
  answers("get", "/api/v1/runs", page(...["r-2", "r-1"].map((id) => listedRun({ id, source_hash: `hash of ${id}` }))));
  answers("get", "/api/v1/runs/{run_id}", ({ url }: Asked) => ({
    ...run(),
    strategy_source: source[url.pathname.split("/").at(-1) as keyof typeof source],
  }));
  renderAt("/strategies/sma-crossover", "/strategies/:strategyId", <StrategyPage />);
  const [newer, older] = await screen.findAllByRole("button", { name: /^Compare hash of/ });
  await userEvent.click(newer as HTMLElement);
  expect(await screen.findByText("They are the same, line by line.")).toBeInTheDocument();
  await userEvent.click(older as HTMLElement);
  expect(await screen.findByRole("region", { name: "Difference of sources" })).toHaveTextContent(
    "− fast = 1+ fast = 2",
  );
  expect(screen.getByLabelText("Compare with")).toHaveDisplayValue("the source of now");
  await userEvent.selectOptions(screen.getByLabelText("Compare with"), "hash of r-2");
  expect(await screen.findByRole("region", { name: "Difference of sources" })).toHaveTextContent("+ fast = 2");
});

it("shows a broken one with its error, and no way to run it", async () => {
  answers("get", "/api/v1/strategies/{strategy_id}", strategy({ error: "line 4: expected ':'", class_name: null }));
  answers("get", "/api/v1/strategies/{strategy_id}/source", { source: "class A" });
  answers("get", "/api/v1/runs", page());
  renderAt("/strategies/sma-crossover", "/strategies/:strategyId", <StrategyPage />);
  expect(await screen.findByRole("alert")).toHaveTextContent("line 4: expected ':'");
  expect(screen.queryByRole("link", { name: "Backtest" })).not.toBeInTheDocument();
  expect(await screen.findByText("It has not been run yet.")).toBeInTheDocument();
});

it("counts the runs of each source", () => {
  const at = (id: string, source_hash: string | null, day: number) =>
    listedRun({ id, source_hash, created_at: `2026-11-0${day}T00:00:00Z` });
  const found = versionsOf([at("a", "x", 5), at("b", "y", 4), at("c", "x", 3), at("d", null, 2)]);
  expect(found.map(({ hash, runs, first, newest }) => [hash, runs, first.slice(8, 10), newest.id])).toEqual([
    ["x", 2, "03", "a"],
    ["y", 1, "04", "b"],
    ["", 1, "02", "d"],
  ]);
});

it("reads parameters of every kind off a schema", () => {
  const params_schema = {
    $defs: { Side: { enum: ["long", "short"], description: "Which way." } },
    properties: {
      side: { $ref: "#/$defs/Side", default: "long" },
      stop: { anyOf: [{ type: "number", exclusiveMinimum: 0 }, { type: "null" }] },
      odd: {},
    },
  };
  expect(parametersOf(strategy({ params_schema }))).toEqual([
    { name: "side", type: "choice", default: "long", bounds: "long, short", description: "Which way." },
    { name: "stop", type: "number or null", default: "–", bounds: "> 0", description: "" },
    { name: "odd", type: "any", default: "–", bounds: "", description: "" },
  ]);
});
