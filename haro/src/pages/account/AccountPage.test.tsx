import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";

import { answers, type Asked, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { account, position, run, venue } from "~/testing/samples";

import AccountPage from "./AccountPage";

const look = {
  account: "alpaca paper",
  venue: "alpaca",
  mode: "paper",
  is_done: true,
  looked_at: null,
  differences: [],
  foreign: [],
  halted: [],
};

beforeEach(() => {
  answers("get", "/api/v1/venues", { items: [venue(), venue({ mode: "live", state: "idle" })], reason: null });
  answers("get", "/api/v1/account", page(account()));
  answers("get", "/api/v1/positions", page());
  answers("get", "/api/v1/reconciliation", page(look));
});

const show = () => renderAt("/account", "/account", <AccountPage />);

it("shows balances, and that the books agree", async () => {
  show();
  expect(await screen.findByText("99 994.90")).toBeInTheDocument();
  expect(await screen.findByText("Nothing is held.")).toBeInTheDocument();
  expect(await screen.findByText(/The venue and the books agree/)).toBeInTheDocument();
});

it("attributes what is held to runs, to orders by hand, and names what is nobody's", async () => {
  const owner = {
    quantity: "7",
    cost: "1000",
    average_price: "185",
    commission: "0",
    income: "0",
    market_value: "1293.81",
    realised_pnl: "0",
    unrealised_pnl: "-1.19",
  };
  const parts = [{ kind: "split", quantity: "1", note: "2 for 1" }];
  answers("get", "/api/v1/runs/{run_id}", run());
  answers(
    "get",
    "/api/v1/positions",
    page(
      position({
        owners: [
          { ...owner, run_id: "r-1" },
          { ...owner, run_id: null, quantity: "2" },
        ],
        parts,
      }),
      position({ account: "other paper", symbol: "IBM" }),
    ),
  );
  show();
  const held = await screen.findByRole("table", { name: /Positions in alpaca paper/ });
  expect(await within(held).findByRole("link", { name: "apple on paper" })).toHaveAttribute("href", "/runs/r-1");
  expect(within(held).getByText("by hand")).toBeInTheDocument();
  expect(within(held).getByText(/nobody's: split/)).toHaveTextContent("2 for 1");
  expect(within(held).queryByText("IBM")).not.toBeInTheDocument();
});

it("shows differences and the orders of somebody else", async () => {
  const differences = [{ symbol: "AAPL", quantity: "-2", kind: "unexplained", note: "who?" }];
  const foreign = [
    { client_order_id: "c", quantity: "1", side: "buy", status: "new", symbol: "TSLA", venue_id: "v-9" },
  ];
  answers("get", "/api/v1/reconciliation", page({ ...look, differences, foreign, halted: ["AAPL"] }));
  show();
  expect(await screen.findByText("Entries are stopped in AAPL.")).toBeInTheDocument();
  expect(screen.getByText(/nothing explains it/)).toHaveTextContent("who?");
  expect(screen.getByText("v-9")).toBeInTheDocument();
});

it("looks now, and says what it found", async () => {
  const asked = answers("post", "/api/v1/reconciliation", page(look));
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Look now" }));
  expect((await screen.findAllByText("Everything is explained.")).length).toBeGreaterThan(0);
  expect(asked[0]?.body).toEqual({});
  refuses("post", "/api/v1/reconciliation", 503, "alpaca does not answer");
  await userEvent.click(screen.getByRole("button", { name: "Look now" }));
  expect(await screen.findByText("alpaca does not answer")).toBeInTheDocument();
});

it("connects another account by hand, or says why it cannot", async () => {
  const asked = answers("get", "/api/v1/account", ({ url }: Asked) =>
    url.searchParams.has("venue") ? page(account({ mode: "live" })) : page(),
  );
  show();
  expect(await screen.findByText("No account is connected.")).toBeInTheDocument();
  await userEvent.click(await screen.findByRole("button", { name: "Connect alpaca live" }));
  await expect.poll(() => asked.some(({ url }) => url.searchParams.get("mode") === "live")).toBe(true);
  refuses("get", "/api/v1/account", 400, "ALPACA_PAPER_API_KEY is not set");
  await userEvent.click(screen.getByRole("button", { name: "Connect alpaca paper" }));
  expect(await screen.findByText("ALPACA_PAPER_API_KEY is not set")).toBeInTheDocument();
});

it("says what forbids an account to trade", async () => {
  answers(
    "get",
    "/api/v1/account",
    page(account({ flags: ["trading_blocked"], is_streaming: false, can_short: false })),
  );
  answers("get", "/api/v1/reconciliation", page());
  show();
  expect(await screen.findByText("trading blocked")).toBeInTheDocument();
  expect(screen.getByText(/its stream of orders is down/)).toBeInTheDocument();
  expect(await screen.findByText("It has not been compared with the books yet.")).toBeInTheDocument();
});
