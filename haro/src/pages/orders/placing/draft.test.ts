import { describe, expect, it } from "vitest";

import { bodyOf, type Draft, EMPTY, mistakes, said } from "./draft";

const draft = (given: Partial<Draft>): Draft => ({ ...EMPTY, venue: "alpaca", symbol: "AAPL", qty: "3", ...given });

describe("a draft without mistakes", () => {
  it("is a market order by hand", () => {
    expect(mistakes(draft({}))).toEqual({});
    expect(JSON.parse(JSON.stringify(bodyOf(draft({ symbol: " AAPL ", qty: " 3 ", limit_price: "9" }))))).toEqual({
      mode: "paper",
      venue: "alpaca",
      symbol: "AAPL",
      side: "buy",
      order_type: "market",
      order_class: "simple",
      qty: "3",
      time_in_force: "day",
      extended_hours: false,
      exit_time_in_force: "gtc",
    });
  });

  it("of a run has no venue and no mode", () => {
    const body = bodyOf(draft({ run_id: "r-1", venue: "alpaca", mode: "live" }));
    expect(body).toMatchObject({ run_id: "r-1" });
    expect(body).not.toHaveProperty("venue");
    expect(body).not.toHaveProperty("mode");
  });

  it("of a bracket has both legs, of an OTO the one that is given", () => {
    const legs = { take_profit: "200", stop_loss: "150", stop_loss_limit: "149.5" };
    expect(bodyOf(draft({ order_class: "bracket", ...legs }))).toMatchObject({
      take_profit: { limit_price: "200" },
      stop_loss: { stop_price: "150", limit_price: "149.5" },
    });
    const oto = draft({ order_class: "oto", stop_loss: "150" });
    expect(mistakes(oto)).toEqual({});
    expect(bodyOf(oto).take_profit).toBeUndefined();
  });
});

describe("mistakes", () => {
  it.each([
    [{ symbol: " " }, ["symbol"]],
    [{ venue: "" }, ["venue"]],
    [{ venue: "", run_id: "r-1" }, []],
    [{ qty: "" }, ["qty"]],
    [{ qty: "0.0" }, ["qty"]],
    [{ qty: "-1" }, ["qty"]],
    [{ qty: "1e3" }, []],
    [{ qty: "1e400" }, ["qty"]],
    [{ qty: "NaN" }, ["qty"]],
    [{ qty: "abc" }, ["qty"]],
    [{ qty: "0.1234567890123456789" }, ["qty"]],
    [{ symbol: "A".repeat(500) }, ["symbol"]],
    [{ client_order_id: "x".repeat(500) }, ["client_order_id"]],
    [{ time_in_force: "gtd", expires: "12024-01-01" }, ["expires"]],
    [{ order_class: "oco", stop_loss: "5" }, ["order_type"]],
    [{ qty: ".5" }, []],
    [{ order_type: "limit" }, ["limit_price"]],
    [{ order_type: "stop_limit", limit_price: "5" }, ["stop_price"]],
    [{ order_type: "trailing_stop" }, ["trail_percent"]],
    [{ order_type: "trailing_stop", trail: "2" }, []],
    [{ order_type: "trailing_stop", trail: "2", trail_percent: "1" }, ["trail"]],
    [{ time_in_force: "gtd" }, ["expires"]],
    [{ order_class: "bracket" }, ["take_profit", "stop_loss"]],
    [{ order_class: "oto" }, ["take_profit"]],
    [
      { order_class: "oco", order_type: "limit", limit_price: "9", stop_loss: "5", stop_loss_limit: "x" },
      ["stop_loss_limit"],
    ],
  ] as [Partial<Draft>, string[]][])("of %j are beside %j", (given, fields) =>
    expect(Object.keys(mistakes(draft(given)))).toEqual(fields),
  );
});

it("is said in words", () => {
  expect(said(draft({}))).toBe("Buy 3 AAPL at the market, by hand, on alpaca paper.");
  expect(said(draft({ side: "sell", order_type: "stop_limit", run_id: "r" }))).toBe(
    "Sell 3 AAPL with a stop limit order, for the run.",
  );
});
