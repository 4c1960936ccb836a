import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Curve } from "~/charts/curves";
import { renderAt } from "~/testing/render";
import { answer, aRun, days, refused, results } from "~/testing/runs";

import ComparePage from "./ComparePage";

vi.mock("~/charts/CurvesChart", () => ({
  default: ({ label, curves }: { label: string; curves: Curve[] }) => (
    <p aria-label={label}>
      {curves.map(({ name, points }) => `${name} ${points[0]?.value} ${points.at(-1)?.value}`).join("; ")}
    </p>
  ),
}));

function has(id: string, stats: Parameters<typeof results>[1], config: { fast: number }, curve: number[]) {
  const run = aRun({ id, name: `run ${id}`, config });
  answer(`/runs/${id}`, run);
  answer(`/runs/${id}/results`, { ...results(run, stats), run: { parameters: config, data_hash: "same" } });
  answer(`/runs/${id}/equity`, { items: days("2024-01-01", curve) });
}

test("curves begin at 100, the best is marked, and what differs stands on top", async () => {
  has("a", { sharpe: 1.5, volatility: 0.3 }, { fast: 5 }, [200, 300]);
  has("b", { sharpe: 0.5, volatility: 0.1 }, { fast: 9 }, [50, 25]);
  renderAt("/compare?run=a&run=b", "/compare", <ComparePage />);
  expect(await screen.findByText("run a 100 150; run b 100 50")).toBeInTheDocument();
  const fast = screen.getByRole("rowheader", { name: "fast" }).closest("tr") as HTMLElement;
  expect(
    within(fast)
      .getAllByRole("cell")
      .map(({ textContent }) => textContent),
  ).toEqual(["5", "9"]);
  expect(screen.queryByRole("rowheader", { name: "Symbols" })).toBeNull();
  const sharpe = screen.getByRole("rowheader", { name: "Sharpe" }).closest("tr") as HTMLElement;
  expect(within(within(sharpe).getAllByRole("cell")[0] as HTMLElement).getByLabelText("best")).toBeInTheDocument();
  const volatility = screen.getByRole("rowheader", { name: "Volatility a year" }).closest("tr") as HTMLElement;
  expect(within(within(volatility).getAllByRole("cell")[1] as HTMLElement).getByLabelText("best")).toBeInTheDocument();
});

test("a run without figures takes part without them", async () => {
  has("a", { sharpe: 1.5 }, { fast: 5 }, [200, 300]);
  answer("/runs/b", aRun({ id: "b", name: "run b", status: "pending" }));
  answer("/runs/b/results", refused("not_found", "none"), 404);
  answer("/runs/b/equity", refused("not_found", "none"), 404);
  renderAt("/compare?run=a&run=b", "/compare", <ComparePage />);
  expect(await screen.findByText("run a 100 150")).toBeInTheDocument();
});

test("fewer than two are sent to the list", () => {
  renderAt("/compare?run=a", "/compare", <ComparePage />);
  expect(screen.getByRole("link", { name: "Choose runs" })).toHaveAttribute("href", "/runs");
});

test("a run that is gone is said", async () => {
  has("a", {}, { fast: 5 }, []);
  answer("/runs/gone", refused("not_found", "there is no run 'gone'"), 404);
  answer("/runs/gone/results", refused("not_found", "none"), 404);
  answer("/runs/gone/equity", refused("not_found", "none"), 404);
  renderAt("/compare?run=a&run=gone", "/compare", <ComparePage />);
  expect(await screen.findByText("there is no run 'gone'")).toBeInTheDocument();
});
