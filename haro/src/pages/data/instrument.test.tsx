import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Schemas } from "~/api/types";
import { answers, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";

import { changed, InstrumentPanel } from "./InstrumentPanel";

const PATH = "/api/v1/instruments/{symbol}";
const future = (given: Partial<Schemas["InstrumentResponse"]> = {}): Schemas["InstrumentResponse"] => ({
  symbol: "ES",
  asset_class: "future",
  tick: "0.25",
  lot: "1",
  minimum: "1",
  quote_currency: "USD",
  calendar: "CMES",
  multiplier: "50",
  margin: "13200",
  maintenance_margin: "12000",
  timeframes: ["1h"],
  actions: [],
  ...given,
});
const show = (symbol = "ES") => renderAt("/data", "/data", <InstrumentPanel symbol={symbol} />);
const valueOf = (name: string) => screen.getByText(name, { selector: "dt" }).nextElementSibling?.textContent;

async function open() {
  await userEvent.click(await screen.findByRole("button", { name: "Edit facts" }));
  return within(await screen.findByRole("dialog"));
}

async function type(label: string, text: string) {
  const field = screen.getByLabelText(label);
  await userEvent.clear(field);
  if (text) await userEvent.type(field, text);
}

describe("the facts of a symbol", () => {
  it("has a contract's, and leaves these away of what is none", async () => {
    answers("get", PATH, future());
    const { unmount } = show();
    await screen.findByText("13200");
    expect(["Class", "Tick", "Multiplier", "Maintenance margin", "Calendar", "Currency"].map(valueOf)).toEqual([
      "future",
      "0.25",
      "50",
      "12000",
      "CMES",
      "USD",
    ]);
    unmount();
    answers("get", PATH, future({ symbol: "AAPL", asset_class: "stock", tick: "0.01", calendar: null }));
    show("AAPL");
    await screen.findByText("0.01");
    expect(screen.queryByText("Multiplier")).not.toBeInTheDocument();
    expect(valueOf("Calendar")).toBe("its class's hours");
  });

  it("sends what was changed, and nothing else", async () => {
    answers("get", PATH, future());
    const asked = answers("put", PATH, future({ tick: "0.5" }));
    show();
    const dialog = await open();
    expect(dialog.getByRole("button", { name: "Save facts" })).toBeDisabled();
    await type("Tick", "0.5");
    await type("Lot", "");
    await type("Calendar", " XLON ");
    await userEvent.click(dialog.getByRole("button", { name: "Save facts" }));
    await expect.poll(() => asked.map(({ body }) => body)).toEqual([{ tick: "0.5", calendar: "XLON" }]);
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  });

  it("asks for a contract's as soon as it is one", async () => {
    answers("get", PATH, future({ asset_class: "stock", calendar: null, margin: null, maintenance_margin: null }));
    show();
    const dialog = await open();
    expect(dialog.queryByLabelText("Multiplier")).not.toBeInTheDocument();
    await userEvent.selectOptions(dialog.getByLabelText("Class"), "future");
    expect(dialog.getByLabelText("Multiplier")).toHaveValue("50");
  });

  it.each([
    ["Tick", "-1", "tick must be above 0, not -1"],
    ["Calendar", "XXXX", "calendar 'XXXX' is unknown"],
  ])("says beside %s what is wrong with it", async (label, typed, message) => {
    answers("get", PATH, future());
    refuses("put", PATH, 400, message);
    show();
    const dialog = await open();
    await type(label, typed);
    await userEvent.click(dialog.getByRole("button", { name: "Save facts" }));
    expect(await dialog.findByText(message)).toBeInTheDocument();
    expect(dialog.getByLabelText(label)).toBeInvalid();
  });

  it("says what no field is to blame for", async () => {
    answers("get", PATH, future());
    refuses("put", PATH, 409, "ES: another server writes this store");
    show();
    const dialog = await open();
    await type("Tick", "1");
    await userEvent.click(dialog.getByRole("button", { name: "Save facts" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("another server writes this store");
  });
});

it("changes nothing where a text is what it was, but for blanks around it", () => {
  const texts = {
    asset: "stock",
    tick: "0.01",
    lot: "1",
    minimum: "1",
    multiplier: "1",
    margin: "",
    maintenance_margin: "",
    calendar: "",
    currency: "USD",
  };
  expect(changed(texts, { ...texts, tick: " 0.01 ", lot: "" })).toEqual({});
});

it("sends what is on the screen beside a margin and a lot, which would else be set by these", () => {
  const texts = {
    asset: "future",
    tick: "0.25",
    lot: "1",
    minimum: "1",
    multiplier: "50",
    margin: "13200",
    maintenance_margin: "12000",
    calendar: "CMES",
    currency: "USD",
  };
  expect(changed(texts, { ...texts, margin: "14000" })).toEqual({ margin: "14000", maintenance_margin: "12000" });
  expect(changed(texts, { ...texts, lot: "2", minimum: "" })).toEqual({ lot: "2" });
  expect(changed(texts, { ...texts, lot: "2" })).toEqual({ lot: "2", minimum: "1" });
});
