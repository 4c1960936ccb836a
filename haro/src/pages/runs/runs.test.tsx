import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";

import { renderAt } from "~/testing/render";
import { answer, aRun, pageOf, refused } from "~/testing/runs";

import RunsPage from "./RunsPage";

const FIGURES = { total_return: 0.0431, sharpe: null, max_drawdown: -0.021, trades: 38, sparkline: [1, 2, 1.5] };
const listed = (id: string, over = {}) => ({ ...aRun({ id, name: `run ${id}` }), figures: FIGURES, ...over });

beforeEach(() => {
  answer("/strategies", pageOf([{ id: "sma-crossover" }, { id: "dca" }]));
});

const show = (query = "") => renderAt(`/runs${query}`, "/runs", <RunsPage />);

test("rows have their figures, a dash where one is undefined, and nothing where there are none", async () => {
  answer("/runs", pageOf([listed("a"), listed("b", { status: "error", error: "line 4: boom", figures: null })]));
  show();
  const done = (await screen.findByRole("link", { name: "run a" })).closest("tr") as HTMLElement;
  expect(within(done).getByText(/^\+4\.31/)).toBeInTheDocument();
  expect(within(done).getByText("–")).toBeInTheDocument();
  expect(within(done).getByText("38")).toBeInTheDocument();
  expect(done.querySelector("svg polyline")).not.toBeNull();
  const failed = screen.getByRole("link", { name: "run b" }).closest("tr") as HTMLElement;
  expect(within(failed).getByText("line 4: boom")).toBeInTheDocument();
  expect(within(failed).queryByText("–")).toBeNull();
});

test("figures of a run that trades are its own results", async () => {
  answer("/runs", pageOf([listed("p", { mode: "paper", status: "running", figures: null })]));
  answer("/runs/p/results", { stats: { total_return: 0.5, trades: 3 } });
  answer("/runs/p/equity", { items: [{ equity: 1 }, { equity: 2 }] });
  show();
  expect(await screen.findByText(/^\+50\.00/)).toBeInTheDocument();
});

test("filters, sort and page come from the address and go there", async () => {
  const asked = answer("/runs", { ...pageOf([listed("a")], 120), page: 2 });
  const { address } = show("?status=error&sort=-name&page=2&strategy=dca&name=first");
  await screen.findByText("run a");
  expect(asked[0]?.toString()).toBe("page=2&page_size=50&sort=-name&status=error&strategy_id=dca&name=first");
  await userEvent.selectOptions(screen.getByLabelText("Mode"), "paper");
  await waitFor(() => expect(address()).toContain("mode=paper"));
  expect(address()).not.toContain("page=");
  await userEvent.type(screen.getByLabelText("Name of a run"), " again{Enter}");
  await waitFor(() => expect(address()).toContain("name=first+again"));
});

test.each([
  ["Return", "total_return"],
  ["Sharpe", "sharpe"],
  ["Drawdown", "max_drawdown"],
  ["Trades", "trades"],
])("%s sorts by the server, the address keeps it, and a link shows the same", async (heading, column) => {
  const asked = answer("/runs", pageOf([listed("a")]));
  const { address, unmount } = show("?page=3");
  await screen.findByText("run a");
  await userEvent.click(screen.getByRole("button", { name: heading }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe(`-${column}`));
  expect(address()).toBe(`/runs?sort=-${column}`);
  await userEvent.click(screen.getByRole("button", { name: heading }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe(column));
  unmount();
  show(`?sort=-${column}`);
  expect(await screen.findByRole("columnheader", { name: heading })).toHaveAttribute("aria-sort", "descending");
});

test("two runs to six can be compared", async () => {
  answer("/runs", pageOf(["a", "b", "c", "d", "e", "f", "g"].map((id) => listed(id))));
  const { address } = show();
  await userEvent.click(await screen.findByLabelText("Choose run a to compare"));
  expect(screen.getByRole("button", { name: "Compare 1" })).toBeDisabled();
  for (const id of ["b", "c", "d", "e", "f"])
    await userEvent.click(screen.getByLabelText(`Choose run ${id} to compare`));
  expect(screen.getByLabelText("Choose run g to compare")).toBeDisabled();
  await userEvent.click(screen.getByLabelText("Choose run c to compare"));
  await userEvent.click(screen.getByRole("button", { name: "Compare 5" }));
  expect(address()).toBe("/compare?run=a&run=b&run=d&run=e&run=f");
});

test("choosing none takes the choice back, and a row leads to its run", async () => {
  answer("/runs", pageOf([listed("a")]));
  const { address } = show();
  await userEvent.click(await screen.findByLabelText("Choose run a to compare"));
  await userEvent.click(screen.getByRole("button", { name: "Choose none" }));
  expect(screen.queryByRole("button", { name: /^Compare/ })).toBeNull();
  await userEvent.click(screen.getByText("sma-crossover", { selector: "td span" }));
  expect(address()).toBe("/runs/a");
});

test("no run names the next step; no run of a filter takes the filter away", async () => {
  answer("/runs", pageOf([]));
  const { address } = show("?status=error");
  await userEvent.click((await screen.findAllByRole("button", { name: "Clear filters" })).at(-1) as HTMLElement);
  expect(await screen.findByText("No run yet")).toBeInTheDocument();
  expect(address()).toBe("/runs");
});

test("a failure is a sentence with its code", async () => {
  answer("/runs", refused("unavailable", "the database does not answer"), 409);
  show();
  expect(await screen.findByText("the database does not answer")).toBeInTheDocument();
});
