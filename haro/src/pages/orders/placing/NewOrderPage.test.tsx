import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";

import { answers, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { order, run, venue } from "~/testing/samples";

import NewOrderPage from "./NewOrderPage";

beforeEach(() => {
  answers("get", "/api/v1/venues", { items: [venue(), venue({ mode: "live" })], reason: null });
  answers("get", "/api/v1/runs", ({ url }: { url: URL }) =>
    url.searchParams.getAll("mode").includes("paper") ? page(run()) : page(),
  );
});

const show = (query = "") => renderAt(`/orders/new${query}`, "/orders/new", <NewOrderPage />);
const place = () => userEvent.click(screen.getByRole("button", { name: "Place order" }));

it("asks for what is missing beside the fields, and sends nothing", async () => {
  const asked = answers("post", "/api/v1/orders", order(), 201);
  show();
  await place();
  expect(screen.getByLabelText("Symbol")).toHaveAccessibleDescription("Say what to trade.");
  expect(screen.getByLabelText("Venue")).toBeInvalid();
  expect(screen.getByLabelText("Quantity")).toBeInvalid();
  await userEvent.type(screen.getByLabelText("Symbol"), "AAPL");
  expect(screen.getByLabelText("Symbol")).not.toBeInvalid();
  expect(asked).toHaveLength(0);
});

it("sends a bracket with its legs as they were typed, and shows the order", async () => {
  const asked = answers("post", "/api/v1/orders", order({ id: "o-9" }), 201);
  const { address } = show("?symbol=AAPL&venue=alpaca&qty=10&side=sell");
  await userEvent.selectOptions(await screen.findByLabelText("Venue"), "alpaca");
  await userEvent.selectOptions(screen.getByLabelText("Type"), "stop_limit");
  await userEvent.type(screen.getByLabelText("Stop price"), "180.10");
  await userEvent.type(screen.getByLabelText("Limit price"), "180");
  await userEvent.selectOptions(screen.getByLabelText("With other orders"), "bracket");
  await userEvent.type(screen.getByLabelText("Take profit at"), "150.000000000000000001");
  await userEvent.type(screen.getByLabelText("Stop loss at"), "200");
  await userEvent.selectOptions(screen.getByLabelText("The exits work"), "day");
  await userEvent.selectOptions(screen.getByLabelText("Works"), "gtd");
  await userEvent.type(screen.getByLabelText("Last session"), "2024-03-15");
  await userEvent.click(screen.getByLabelText("Outside regular hours too"));
  await place();
  await screen.findByText("another page");
  expect(address()).toBe("/orders/o-9");
  expect(asked[0]?.body).toEqual({
    mode: "paper",
    venue: "alpaca",
    symbol: "AAPL",
    side: "sell",
    order_type: "stop_limit",
    order_class: "bracket",
    qty: "10",
    stop_price: "180.10",
    limit_price: "180",
    take_profit: { limit_price: "150.000000000000000001" },
    stop_loss: { stop_price: "200" },
    time_in_force: "gtd",
    expires: "2024-03-15",
    extended_hours: true,
    exit_time_in_force: "day",
  });
});

it("says what the server refuses beside the field that it names", async () => {
  refuses("post", "/api/v1/orders", 422, "body.qty: too many digits", [
    { field: "body.qty", message: "too many digits" },
  ]);
  show("?symbol=AAPL&venue=alpaca&qty=10");
  await place();
  expect(await screen.findByText("too many digits")).toBeInTheDocument();
  expect(screen.getByLabelText("Quantity")).toBeInvalid();
});

it("says any other refusal below, with its code and correlation id", async () => {
  refuses("post", "/api/v1/orders", 409, "the account's limit is 100 % of its equity");
  show("?symbol=AAPL&venue=alpaca&qty=10");
  await place();
  expect(await screen.findByText("the account's limit is 100 % of its equity")).toBeInTheDocument();
  expect(screen.getByText(/refused · c-1/)).toBeInTheDocument();
});

it("asks once more before real money trades", async () => {
  const asked = answers("post", "/api/v1/orders", order({ id: "o-9", mode: "live" }), 201);
  const { address } = show("?symbol=AAPL&venue=alpaca&qty=10&mode=live");
  await place();
  const dialog = await screen.findByRole("dialog", { name: "Place a LIVE order?" });
  expect(asked).toHaveLength(0);
  await userEvent.click(within(dialog).getByRole("button", { name: "Place live order" }));
  await screen.findByText("another page");
  expect(address()).toBe("/orders/o-9");
});

it("places for a run that trades", async () => {
  const asked = answers("post", "/api/v1/orders", order(), 201);
  show("?symbol=AAPL&qty=10");
  await screen.findByRole("option", { name: "apple on paper (paper)" });
  await userEvent.selectOptions(screen.getByLabelText("For"), "r-1");
  await place();
  await screen.findByText("another page");
  expect(asked[0]?.body).toMatchObject({ run_id: "r-1" });
  expect(asked[0]?.body).not.toHaveProperty("venue");
});

it.each(["runs that cannot be asked for", "a run that is live"])("asks once more beside %s", async (what) => {
  if (what === "a run that is live") answers("get", "/api/v1/runs", page(run({ mode: "live" })));
  else refuses("get", "/api/v1/runs", 503, "the database does not answer");
  const asked = answers("post", "/api/v1/orders", order(), 201);
  show("?symbol=AAPL&qty=10&run_id=r-1");
  if (what === "a run that is live") await screen.findByRole("option", { name: "apple on paper (live)" });
  await place();
  const title = what === "a run that is live" ? "Place a LIVE order?" : "Place an order that may be LIVE?";
  const dialog = await screen.findByRole("dialog", { name: title });
  expect(asked).toHaveLength(0);
  await userEvent.click(within(dialog).getByRole("button", { name: /^Place (live )?order$/ }));
  await screen.findByText("another page");
  expect(asked).toHaveLength(1);
});
