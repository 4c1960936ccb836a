import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { answers, type Asked, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { accountRisk, event, events, order, position, risk, run } from "~/testing/samples";

import RiskPage from "./RiskPage";

beforeEach(() => {
  answers("get", "/api/v1/events", events());
  answers("get", "/api/v1/runs", page(run()));
});

const show = () => renderAt("/risk", "/risk", <RiskPage />);

it("shows each limit with its use, in per cent where it is a fraction", async () => {
  answers(
    "get",
    "/api/v1/risk",
    risk({
      accounts: [accountRisk({ runs: [{ run_id: "r-1", equity: "30000", limits: { daily_loss: null }, use: {} }] })],
    }),
  );
  show();
  const table = await screen.findByRole("table", { name: "Limits of alpaca paper" });
  expect(within(table).getByText("4 %")).toBeInTheDocument();
  expect(within(table).getByText("5 %")).toBeInTheDocument();
  expect(within(table).getByText("60 orders")).toBeInTheDocument();
  expect(within(table).getByRole("meter", { name: "Loss within a session, used" })).toHaveAttribute(
    "aria-valuenow",
    "80",
  );
  expect(await screen.findByText("apple on paper")).toBeInTheDocument();
});

describe("the form of limits", () => {
  const open = async () => {
    answers("get", "/api/v1/risk", risk());
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Change limits" }));
    return screen.getByLabelText("Loss within a session, in per cent");
  };
  const type = async (field: HTMLElement, text: string) => {
    await userEvent.clear(field);
    if (text) await userEvent.type(field, text);
  };
  const save = () => userEvent.click(screen.getByRole("button", { name: "Save limits" }));

  it("sends what was changed alone, as fractions", async () => {
    const asked = answers("put", "/api/v1/risk", accountRisk());
    const field = await open();
    expect(field).toHaveValue("5");
    expect(screen.getByRole("button", { name: "Save limits" })).toBeDisabled();
    await type(field, "2.5");
    await type(screen.getByLabelText("Orders a minute"), "");
    await userEvent.click(screen.getByLabelText("Only the run's symbols"));
    await save();
    expect(await screen.findByRole("button", { name: "Change limits" })).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({
      account: "alpaca paper",
      accept_account: false,
      limits: { daily_loss: "0.025", orders_per_minute: null, only_run_symbols: false },
    });
  });

  it("refuses what lies outside its bounds, beside the field", async () => {
    const asked = answers("put", "/api/v1/risk", accountRisk());
    const field = await open();
    await type(field, "900");
    await save();
    expect(field).toBeInvalid();
    expect(screen.getByText("It must lie from 0.01 % to 100 %.")).toBeInTheDocument();
    await type(field, "many");
    expect(screen.getByText("Write a number, such as 12.5.")).toBeInTheDocument();
    expect(asked).toHaveLength(0);
  });

  it.each([
    ["Loss within a session, in per cent", "abc", /^Write a number/],
    ["Loss within a session, in per cent", "NaN", /^Write a number/],
    ["Loss within a session, in per cent", "-5", /^It must lie from 0.01 % to 100 %/],
    ["Loss within a session, in per cent", "100.01", /^It must lie from 0.01 % to 100 %/],
    ["Loss within a session, in per cent", "5.1234567890123456789", /^It may have 18 digits/],
    ["Orders a minute", "1.5", /^It must be a whole number/],
    ["Orders a minute", "0", /^It must lie from 1 orders to 10000 orders/],
    ["Orders a minute", "9".repeat(500), /^It may have 18 digits/],
  ])("takes no %s of %s", async (label, typed, said) => {
    const asked = answers("put", "/api/v1/risk", accountRisk());
    await open();
    const field = screen.getByLabelText(label);
    await type(field, typed);
    await save();
    expect(screen.getByText(said)).toBeInTheDocument();
    expect(field).toBeInvalid();
    expect(asked).toHaveLength(0);
  });

  it("says beside the field what the server refuses", async () => {
    refuses("put", "/api/v1/risk", 400, "risk: daily_loss is too strange");
    const field = await open();
    await type(field, "3");
    await save();
    expect(await screen.findByText("risk: daily_loss is too strange")).toBeInTheDocument();
    expect(field).toBeInvalid();
  });
});

it("ends a halt after a question", async () => {
  const halt = {
    scope: "symbol",
    name: "AAPL",
    cause: "position",
    reason: "it differs",
    since: "2026-11-28T09:00:00Z",
  };
  answers("get", "/api/v1/risk", risk({ accounts: [accountRisk({ halts: [halt as never] })] }));
  const asked = answers("put", "/api/v1/risk", accountRisk());
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Release" }));
  answers("get", "/api/v1/risk", risk());
  await userEvent.click(screen.getByRole("button", { name: "Release halt" }));
  await expect
    .poll(() => asked[0]?.body)
    .toEqual({
      account: "alpaca paper",
      accept_account: false,
      release: [{ scope: "symbol", name: "AAPL" }],
    });
  await expect.poll(() => screen.queryByText(/it differs/)).toBeNull();
});

it("accepts another account at the venue in its own words", async () => {
  const halt = {
    scope: "account",
    name: "alpaca paper",
    cause: "venue",
    reason: "another number",
    since: "2026-11-28T09:00:00Z",
  };
  answers("get", "/api/v1/risk", risk({ accounts: [accountRisk({ halts: [halt as never] })] }));
  const asked = answers("put", "/api/v1/risk", accountRisk());
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Accept account" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Accept account" }));
  await expect.poll(() => asked[0]?.body).toEqual({ account: "alpaca paper", accept_account: true });
});

describe("the kill switch", () => {
  const OFF = risk().kill_switch;

  it("is turned on after one question, flattening where asked", async () => {
    answers("get", "/api/v1/risk", risk());
    const asked = answers("post", "/api/v1/risk/kill-switch", { ...OFF, is_on: true });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Turn on" }));
    await userEvent.click(screen.getByLabelText("Flatten: close every position too"));
    await userEvent.click(screen.getByRole("button", { name: "Kill and flatten" }));
    await expect.poll(() => asked[0]?.body).toMatchObject({ flatten: true });
  });

  it("says what it cancelled, what works still and what is held, and is released", async () => {
    const on = { ...OFF, is_on: true, reason: "enough", at: "2026-11-28T10:00:00Z" };
    answers("get", "/api/v1/risk", risk({ kill_switch: on }));
    answers("get", "/api/v1/orders", page(order({ id: "o-2", symbol: "IBM", side: "sell" })));
    answers("get", "/api/v1/positions", page(position({ symbol: "MSFT" })));
    const killed = {
      order_id: "o-1",
      symbol: "TSLA",
      side: "buy",
      quantity: "3",
      reason: "the kill switch was turned on",
    };
    const log = answers("get", "/api/v1/events", ({ url }: Asked) =>
      url.searchParams.getAll("type").includes("orders.Cancelled")
        ? events(event({ id: "a", payload: killed }), event({ id: "b", payload: { ...killed, reason: "by hand" } }))
        : events(event({ seq: 77 })),
    );
    show();
    const cancelled = await screen.findByRole("table", { name: "Cancelled" });
    expect(within(cancelled).getAllByRole("row")).toHaveLength(2);
    expect(within(cancelled).getByRole("link", { name: "TSLA" })).toHaveAttribute("href", "/orders/o-1");
    expect(log.some(({ url }) => url.searchParams.get("after") === "77")).toBe(true);
    expect(await screen.findByRole("link", { name: "IBM" })).toBeInTheDocument();
    expect(await screen.findByText("MSFT")).toBeInTheDocument();
    const released = answers("delete", "/api/v1/risk/kill-switch", OFF);
    answers("get", "/api/v1/risk", risk());
    await userEvent.click(screen.getByRole("button", { name: "Release" }));
    await userEvent.click(screen.getByRole("button", { name: "Release kill switch" }));
    expect(await screen.findByRole("button", { name: "Turn on" })).toBeInTheDocument();
    expect(released[0]?.body).toMatchObject({ account: null });
  });
});

it("lists what was refused, the newest first, page by page", async () => {
  answers("get", "/api/v1/risk", risk({ accounts: [] }));
  const refusal = event({
    type: "risk.Refused",
    payload: { rule: "price_collar", symbol: "MSFT", reason: "99 % off", order_id: "o-1" },
  });
  const breach = event({
    id: "e-2",
    type: "risk.LimitBreached",
    run_id: "r-1",
    payload: { rule: "drawdown", reason: "21 %" },
  });
  const asked = answers("get", "/api/v1/events", { ...events(refusal, breach), total: 60, page_size: 25 });
  const { address } = show();
  expect(await screen.findByText("price collar")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "order" })).toHaveAttribute("href", "/orders/o-1");
  expect(screen.getByRole("link", { name: "run" })).toHaveAttribute("href", "/runs/r-1");
  expect(screen.getByText("No account is open yet.")).toBeInTheDocument();
  expect(asked[0]?.url.searchParams.get("newest_first")).toBe("true");
  await userEvent.click(screen.getByRole("button", { name: "Next page" }));
  expect(address()).toBe("/risk?page=2");
});
