import { describe, expect, it } from "vitest";

import { asProblem, Problem, problemOf } from "./problem";

const said = (message: string, status = 400) => new Problem(status, "bad_input", message, [], "");
const shape = (...fields: string[]) =>
  new Problem(
    422,
    "invalid_shape",
    "x",
    fields.map((field) => ({ field, message: `${field} is odd` })),
    "",
  );

describe("a refusal of the shape", () => {
  it("is of the fields that its details name, in the body or below it", () => {
    expect(shape("body.config.fast").of("config.fast")).toBe("body.config.fast is odd");
    expect(shape("body.symbols.3").of("symbols")).toBe("body.symbols.3 is odd");
    expect(shape("query.sort").of("sort")).toBe("query.sort is odd");
    expect(shape("body.config.fast").of("fast")).toBeUndefined();
    expect(shape("body.cashier").of("cash")).toBeUndefined();
  });

  it("is said beside the fields only where all of it is", () => {
    expect(shape("body.cash", "body.seed").isOf(["cash", "seed"])).toBe(true);
    expect(shape("body.cash", "body").isOf(["cash", "seed"])).toBe(false);
  });
});

describe("a refusal of the sense", () => {
  // Sentences as the server writes them.
  it.each([
    ["cash must be above 0, not -5", "cash"],
    ["start_time 2024-02-01T00:00:00+00:00 is after end_time 2024-01-01T00:00:00+00:00", "start_time"],
    ["costs: unknown key 'x'; known: commission_bps", "costs"],
    ["costs 'abc': not a preset (none) nor key=value,…", "costs"],
    ["fast=1: must be ≥ 2", "config.fast"],
    ["slow=x: must be a whole number; fast=1: must be ≥ 2", "config.fast"],
    ["days: a value is required", "config.days"],
    ["risk: order_max must lie from 0.0001 to 100, not '500'", "risk.order_max"],
    ["stop_loss.limit_price must be above 0, not 0", "stop_loss.limit_price"],
  ])("%s", (message, field) => expect(said(message).of(field)).toContain(field.replace(/^(config|risk)\./, "")));

  it.each([
    ["cash must be above 0", "costs"],
    ["leverage needs a margin account: add account='margin'", "account"], // named, and not what is wrong
    ["cash=5: must be ≥ 6", "cash"], // a parameter of that name
    ["cash must be above 0", "config.cash"],
    ["stop_loss.limit_price must be above 0, not 0", "stop_loss"],
    ["order_max must lie", "risk.order_max"],
    ["quantity", "q"],
  ])("%s is not of %s", (message, field) => expect(said(message).of(field)).toBeUndefined());

  it("of a parameter is cut to what is said of it", () => {
    expect(said("slow=x: must be a whole number; fast=1: must be ≥ 2").of("config.fast")).toBe("fast=1: must be ≥ 2");
  });

  it("is of no field where the state is what forbids it, or nothing was answered", () => {
    expect(said("qty is odd", 409).of("qty")).toBeUndefined();
    expect(Problem.unreachable().isOf(["qty", "The"])).toBe(false);
  });
});

describe("an answer that is no success", () => {
  const of = (body: BodyInit | null, status: number, headers = {}) =>
    problemOf(new Response(body, { status, headers }));
  const ours = { code: "bad_input", message: "it is odd", details: [], correlation_id: "c-1" };

  it("of the server has its words, its code and its correlation id", async () => {
    expect(await of(JSON.stringify(ours), 400)).toMatchObject({ ...ours, status: 400 });
  });

  it("of something in between says so, with the status as its code and the id of the header", async () => {
    const found = await of("<html><h1>Bad gateway</h1></html>", 502, { "X-Correlation-Id": "c-9" });
    expect(found).toMatchObject({ code: "http_502", correlation_id: "c-9", status: 502 });
    expect(found.message).toMatch(/The server may be down/);
  });

  it.each([
    ["nothing", null],
    ["null", "null"],
    ["a list", "[]"],
    ["another shape", JSON.stringify({ detail: "x" })],
    ["no sentence", JSON.stringify({ ...ours, message: "" })],
    ["a number for a sentence", JSON.stringify({ ...ours, message: 5 })],
    ["details that are none", JSON.stringify({ ...ours, details: "x" })],
    ["half a body", '{"code": "bad_i'],
  ])("and holds %s is a sentence all the same", async (_, body) => {
    const found = await of(body, 500);
    expect(found.message).toBe("The server answered something that this page cannot read.");
    expect([found.code, found.details, found.correlation_id]).toEqual(["http_500", [], ""]);
  });

  it("loses details that are none", async () => {
    const details = [{ field: "body.x", message: "odd" }, null, { field: 3 }];
    expect((await of(JSON.stringify({ ...ours, details }), 422)).details).toEqual([details[0]]);
  });
});

describe("whatever was thrown", () => {
  it("is a sentence", () => {
    expect(asProblem(new Error("odd")).message).toBe("odd");
    expect(asProblem("text").message).toBe("text");
    expect(asProblem(undefined).message).not.toBe("");
    expect(asProblem(new SyntaxError("Unexpected token <")).message).toMatch(/cannot read/);
    const known = said("x");
    expect(asProblem(known)).toBe(known);
  });
});
