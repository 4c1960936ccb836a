import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";

import { answers, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { order, venue } from "~/testing/samples";

import OrdersPage from "./OrdersPage";

beforeEach(() => void answers("get", "/api/v1/venues", { items: [venue()], reason: null }));

const show = (query = "") => renderAt(`/orders${query}`, "/orders", <OrdersPage />);

it("lists paper and live orders, newest first, unless told otherwise", async () => {
  const asked = answers("get", "/api/v1/orders", page(order({ status: "partial", filled_quantity: "4" })));
  show();
  expect(await screen.findByText("limit 190.50")).toBeInTheDocument();
  expect(screen.getByText("partial", { selector: "span" })).toBeInTheDocument();
  const query = asked[0]?.url.searchParams;
  expect(query?.getAll("mode")).toEqual(["paper", "live"]);
  expect(query?.get("sort")).toBe("-placed_at");
});

it("has the server filter by what the address says, and the address follows what is chosen", async () => {
  const asked = answers("get", "/api/v1/orders", page(order()));
  const { address } = show("?status=filled&symbol=IBM&mode=all&page=2");
  await screen.findByText("AAPL");
  const query = asked[0]?.url.searchParams;
  expect(query?.getAll("status")).toEqual(["filled"]);
  expect(query?.getAll("symbol")).toEqual(["IBM"]);
  expect(query?.getAll("mode")).toEqual([]);
  expect(query?.get("page")).toBe("2");
  await userEvent.selectOptions(screen.getByLabelText("Side"), "sell");
  expect(address()).toBe("/orders?status=filled&symbol=IBM&mode=all&side=sell");
  await userEvent.clear(screen.getByLabelText("Symbol"));
  await userEvent.type(screen.getByLabelText("Symbol"), "msft{Enter}");
  expect(address()).toContain("symbol=MSFT");
  await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(address()).toBe("/orders");
});

it("sorts by a heading", async () => {
  answers("get", "/api/v1/orders", page(order()));
  const { address } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Symbol" }));
  expect(address()).toBe("/orders?sort=-symbol");
});

it("goes to an order by its row", async () => {
  answers("get", "/api/v1/orders", page(order()));
  const { address } = show();
  await userEvent.click(await screen.findByText("limit 190.50"));
  expect(address()).toBe("/orders/o-1");
});

it("names the next step where there is no order", async () => {
  answers("get", "/api/v1/orders", page());
  const { address } = show();
  expect(await screen.findByText("There are no orders yet.")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Show the orders of backtests too" }));
  expect(address()).toBe("/orders?mode=all");
  expect(await screen.findByText("No order fits these filters.")).toBeInTheDocument();
});

it("says why there is no list", async () => {
  refuses("get", "/api/v1/orders", 400, "orders cannot be sorted by 'x'");
  show("?sort=x");
  expect(await screen.findByRole("alert")).toHaveTextContent("orders cannot be sorted by 'x'");
});
