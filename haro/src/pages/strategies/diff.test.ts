import { describe, expect, it } from "vitest";

import { around, diff, type Line } from "./diff";

const marks = { same: " ", added: "+", removed: "-" };
const shown = (lines: (Line | null)[]) => lines.map((one) => (one ? marks[one.kind] + one.text : "…"));

describe("a diff", () => {
  it("of the same text has no change", () => expect(shown(diff("a\nb", "a\nb"))).toEqual([" a", " b"]));

  it("has the lines that went and came, and keeps what is common between them", () =>
    expect(shown(diff("a\nb\nc\nd\ne", "a\nx\nc\ne\nf"))).toEqual([" a", "-b", "+x", " c", "-d", " e", "+f"]));

  it("of nothing to something adds", () => expect(shown(diff("", "a\nb"))).toEqual(["-", "+a", "+b"]));

  it("gives both texts back", () => {
    const [before, after] = ["a\nb\nb\nc\na", "b\na\nc\nb\na\na"];
    const lines = diff(before, after);
    const without = (kind: Line["kind"]) =>
      lines
        .filter((one) => one.kind !== kind)
        .map(({ text }) => text)
        .join("\n");
    expect(without("added")).toBe(before);
    expect(without("removed")).toBe(after);
  });
});

it("leaves out what is far from every change", () => {
  const before = Array.from({ length: 12 }, (_, at) => `l${at}`);
  const after = before.with(6, "new");
  expect(shown(around(diff(before.join("\n"), after.join("\n")), 1))).toEqual(["…", " l5", "-l6", "+new", " l7", "…"]);
});
