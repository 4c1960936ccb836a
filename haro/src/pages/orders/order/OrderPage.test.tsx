import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { answers, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { event, events, fill, order, run } from "~/testing/samples";

import OrderPage from "./OrderPage";

beforeEach(() => {
  answers("get", "/api/v1/orders", page());
  answers("get", "/api/v1/events", events());
});

const show = () => renderAt("/orders/o-1", "/orders/:orderId", <OrderPage />);

it("shows what it asks, its life cycle, its fills, exits and submissions", async () => {
  const one = order({
    status: "filled",
    filled_quantity: "10",
    average_price: "190.25",
    order_class: "bracket",
    run_id: "r-1",
    fills: [fill({ notes: ["late"] })],
    submissions: [
      {
        id: "s-1",
        part: "whole",
        quantity: "10",
        filled_quantity: "10",
        venue_id: "v-1",
        state: "ended",
        parent_id: null,
        replaces: null,
        sent_at: "2024-03-13T14:45:55Z",
        cancels: 1,
        lookups: 0,
      },
    ],
  });
  answers("get", "/api/v1/orders/{order_id}", one);
  answers("get", "/api/v1/runs/{run_id}", run());
  const legs = answers("get", "/api/v1/orders", page(order({ id: "o-2", side: "sell", limit_price: "250" })));
  const asked = answers(
    "get",
    "/api/v1/events",
    events(
      event({ id: "e-1", type: "orders.Created", payload: { time: "2024-03-13T14:45:54Z" } }),
      event({ id: "e-2", type: "orders.Filled", payload: { price: "190.25", fill_quantity: "10" } }),
    ),
  );
  show();
  expect(await screen.findByRole("heading", { name: "buy 10 AAPL" })).toBeInTheDocument();
  expect(await screen.findByText("Written down")).toBeInTheDocument();
  expect(screen.getByText("10 at 190.25")).toBeInTheDocument();
  expect(asked[0]?.url.searchParams.get("order_id")).toBe("o-1");
  expect(await screen.findByRole("link", { name: "apple on paper" })).toHaveAttribute("href", "/runs/r-1");
  expect(screen.getByRole("link", { name: "limit 250.00" })).toHaveAttribute("href", "/orders/o-2");
  expect(legs[0]?.url.searchParams.get("parent_id")).toBe("o-1");
  expect(screen.getByText("late")).toBeInTheDocument();
  expect(screen.getByText("ended, cancel asked")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Cancel order" })).not.toBeInTheDocument();
});

it("of a backtest tells its life from its record, and offers nothing", async () => {
  const one = order({ account: null, mode: null, status: "expired", reason: "its day is over", fills: [fill()] });
  answers("get", "/api/v1/orders/{order_id}", one);
  show();
  expect(await screen.findByText("Placed", { selector: "span" })).toBeInTheDocument();
  expect(screen.getByText("expired: its day is over")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Sync" })).not.toBeInTheDocument();
});

it("says what is wrong with one that is not there", async () => {
  refuses("get", "/api/v1/orders/{order_id}", 404, "there is no order 'o-1'");
  show();
  expect(await screen.findByText("there is no order 'o-1'")).toBeInTheDocument();
});

describe("an order that works", () => {
  beforeEach(() => void answers("get", "/api/v1/orders/{order_id}", order()));

  it("is cancelled after a question, and shown anew", async () => {
    const cancelled = answers("delete", "/api/v1/orders/{order_id}", order());
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Cancel order" }));
    const dialog = await screen.findByRole("dialog", { name: "Cancel: buy 10 AAPL?" });
    expect(cancelled).toHaveLength(0);
    answers("get", "/api/v1/orders/{order_id}", order({ status: "cancelled", reason: "cancelled by hand" }));
    await userEvent.click(within(dialog).getByRole("button", { name: "Cancel order" }));
    expect(await screen.findByText("cancelled: cancelled by hand")).toBeInTheDocument();
    expect(cancelled).toHaveLength(1);
  });

  it("keeps the question open, with the reason, where it cannot be cancelled", async () => {
    refuses("delete", "/api/v1/orders/{order_id}", 409, "it is filled");
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Cancel order" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel order" }));
    expect(await within(await screen.findByRole("dialog")).findByText("it is filled")).toBeInTheDocument();
  });

  it("is replaced by what was changed alone", async () => {
    const asked = answers("patch", "/api/v1/orders/{order_id}", order({ id: "o-3" }));
    const { address } = show();
    await userEvent.click(await screen.findByRole("button", { name: "Replace" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByRole("button", { name: "Replace order" })).toBeDisabled();
    expect(dialog.queryByLabelText("Stop price")).not.toBeInTheDocument();
    await userEvent.type(dialog.getByLabelText("Limit price"), "191");
    await userEvent.click(dialog.getByRole("button", { name: "Replace order" }));
    await screen.findByRole("heading", { name: "buy 10 AAPL" });
    expect(asked[0]?.body).toEqual({ limit_price: "191" });
    expect(address()).toBe("/orders/o-3");
  });

  it("says beside the field why it is not replaced", async () => {
    refuses("patch", "/api/v1/orders/{order_id}", 400, "qty must be a multiple of 1, not 2.5");
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Replace" }));
    const dialog = within(await screen.findByRole("dialog"));
    const field = dialog.getByLabelText("Quantity still to fill");
    await userEvent.type(field, "2.5{Enter}");
    expect(await dialog.findByText("qty must be a multiple of 1, not 2.5")).toBeInTheDocument();
    expect(field).toBeInvalid();
  });

  it.each(["0", "-5", "abc", "NaN", "1e400", "0.1234567890123456789"])("is not asked to become %s", async (typed) => {
    const asked = answers("patch", "/api/v1/orders/{order_id}", order({ id: "o-2" }));
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Replace" }));
    const dialog = within(await screen.findByRole("dialog"));
    await userEvent.type(dialog.getByLabelText("Limit price"), `${typed}{Enter}`);
    expect(dialog.getByLabelText("Limit price")).toBeInvalid();
    expect(dialog.getByRole("button", { name: "Replace order" })).toBeDisabled();
    expect(asked).toEqual([]);
  });

  it("is looked at at its venue", async () => {
    answers("post", "/api/v1/orders/{order_id}/sync", order({ status: "filled" }));
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Sync" }));
    expect((await screen.findAllByText("Looked at it at its venue")).length).toBeGreaterThan(0);
  });
});

it("cannot be changed while it is being cancelled", async () => {
  answers("get", "/api/v1/orders/{order_id}", order({ cancel_asked: "by hand", waits_for: "open" }));
  show();
  expect(await screen.findByRole("button", { name: "Cancelling" })).toBeDisabled();
  expect(screen.getByText(/Not sent yet: the market is closed/)).toBeInTheDocument();
});
