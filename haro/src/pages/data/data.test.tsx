import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "~/api/types";
import { answers, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { series, venue } from "~/testing/samples";

import DataPage from "./DataPage";
import FetchPage from "~/pages/data/bringing/FetchPage";
import { renamed, usesOf } from "~/pages/data/bringing/mapping";
import SeriesPage from "./SeriesPage";

vi.mock("~/charts/CandleChart", () => ({
  default: ({ label, onSpan }: { label: string; onSpan: (span: { from: number; to: number }) => void }) => (
    <button type="button" onClick={() => onSpan({ from: 951_868_800, to: 952_473_600 })}>
      {label}
    </button>
  ),
}));

const job = (given: Partial<Schemas["JobResponse"]>): Schemas["JobResponse"] => ({
  id: "j-1",
  kind: "data.fetch",
  status: "running",
  fraction: 0.25,
  stage: "fetching AAPL",
  created_at: "",
  started_at: null,
  finished_at: null,
  error: null,
  result: null,
  ...given,
});
const stored: Schemas["ImportResponse"] = {
  series: series(),
  written: 3270,
  replaced: 2,
  kept: 5,
  notes: [],
  warnings: [{ code: "gaps", message: "15 bars missing" }],
};

describe("the catalogue", () => {
  it("shows range, gaps and quality of each series", async () => {
    const asked = answers(
      "get",
      "/api/v1/data",
      page(
        series(),
        series({ symbol: "EURUSD", timeframe: "1h", missing: 15, bars: 6225, first: "2017-01-01T22:00:00Z" }),
        series({
          symbol: "BAD",
          timeframe: null,
          damaged: "a bit has changed",
          first: null,
          last: null,
          bars: null,
          missing: null,
        }),
      ),
    );
    const { address } = renderAt("/data?asset_class=stock&sort=-bars", "/data", <DataPage />);
    expect(await screen.findByText("complete")).toBeInTheDocument();
    expect(screen.getByText("99.76 % there")).toBeInTheDocument();
    expect(screen.getByText("damaged")).toHaveAttribute("title", "a bit has changed");
    expect(screen.getByText("2017-01-01 22:00")).toBeInTheDocument();
    expect(asked[0]?.url.search).toContain("asset_class=stock");
    expect(asked[0]?.url.search).toContain("sort=-bars");
    await userEvent.click(screen.getByRole("link", { name: "EURUSD" }));
    expect(address()).toBe("/data/EURUSD/1h");
  });

  it("names the next step where nothing is stored", async () => {
    answers("get", "/api/v1/data", page());
    renderAt("/data", "/data", <DataPage />);
    expect(await screen.findByText("No prices are stored yet.")).toBeInTheDocument();
  });

  it("takes a file that is dropped on it", async () => {
    answers("get", "/api/v1/data", page());
    const { address } = renderAt("/data", "/data", <DataPage />);
    const target = await screen.findByText("No prices are stored yet.");
    const dataTransfer = { types: ["Files"], files: [new File(["x"], "a.csv")] };
    fireEvent.dragEnter(target, { dataTransfer });
    expect(screen.getByText("Drop the file to import it")).toBeInTheDocument();
    fireEvent.dragLeave(target, { dataTransfer });
    expect(screen.queryByText("Drop the file to import it")).not.toBeInTheDocument();
    fireEvent.drop(target, { dataTransfer });
    await screen.findByText("another page");
    expect(address()).toBe("/data/import");
  });
});

describe("a series", () => {
  const show = () => renderAt("/data/AAPL/1d", "/data/:symbol/:timeframe", <SeriesPage />);
  beforeEach(() => {
    refuses("get", "/api/v1/instruments/{symbol}", 404, "no such symbol");
  });
  const candle = {
    timestamp: "2000-03-01T00:00:00Z",
    end: "2000-03-02T00:00:00Z",
    open: 1,
    high: 2,
    low: 1,
    close: 2,
    volume: 3,
  };
  const candles = {
    symbol: "AAPL",
    timeframe: "1d",
    items: [candle],
    total: 3270,
    downsampled: true,
    bars_per_item: 3,
  };

  it("has its chart, with more of its bars where one looks closer, and its splits", async () => {
    answers("get", "/api/v1/data", page(series()));
    answers(
      "get",
      "/api/v1/instruments",
      page({ symbol: "AAPL", actions: [{ ex_date: "2005-02-28", type: "split", value: "2" }] }),
    );
    const asked = answers("get", "/api/v1/candles", candles);
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Prices of AAPL, 1d" }));
    await expect.poll(() => asked.at(-1)?.url.searchParams.get("start")).toMatch(/^2000-0/);
    expect(screen.getByText("3 270 bars; each candle here is 3 of them. Zoom in for more.")).toBeInTheDocument();
    expect(await screen.findByText("2005-02-28")).toBeInTheDocument();
  });

  it("says where bars are missing, the longest stretches first to be told", async () => {
    answers("get", "/api/v1/data", page(series({ missing: 41 })));
    answers("get", "/api/v1/instruments", page());
    answers("get", "/api/v1/candles", candles);
    answers("get", "/api/v1/gaps", {
      symbol: "AAPL",
      timeframe: "1d",
      total: 30,
      items: [{ start: "2001-09-11T00:00:00Z", end: "2001-09-15T00:00:00Z", missing: 4 }],
    });
    show();
    const table = await screen.findByRole("table", { name: "Gaps" });
    expect(
      within(table)
        .getAllByRole("cell")
        .map(({ textContent }) => textContent),
    ).toEqual(["2001-09-11", "2001-09-15", "4"]);
    expect(screen.getByText("The longest 1 of 30.")).toBeInTheDocument();
  });

  it("is deleted after a question", async () => {
    answers("get", "/api/v1/data", page(series()));
    answers("get", "/api/v1/instruments", page());
    answers("get", "/api/v1/candles", candles);
    const asked = answers("delete", "/api/v1/data/{symbol}/{timeframe}", null, 204);
    const { address } = show();
    await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
    await userEvent.click(screen.getByRole("button", { name: "Delete series" }));
    await screen.findByText("another page");
    expect(address()).toBe("/data");
    expect(asked[0]?.url.pathname).toBe("/api/v1/data/AAPL/1d");
  });

  it("that is not stored offers to be fetched; one that is damaged says so", async () => {
    answers("get", "/api/v1/data", page());
    const { unmount } = show();
    expect(await screen.findByRole("link", { name: "Fetch them" })).toHaveAttribute("href", "/data/fetch?symbol=AAPL");
    unmount();
    answers("get", "/api/v1/data", page(series({ damaged: "a bit has changed" })));
    answers("get", "/api/v1/instruments", page());
    show();
    expect(await screen.findByText("a bit has changed")).toHaveRole("alert");
  });
});

describe("fetching", () => {
  const show = (query = "") => renderAt(`/data/fetch${query}`, "/data/fetch", <FetchPage />);

  it("asks for symbols, starts a job and shows what came of it", async () => {
    answers("get", "/api/v1/venues", { items: [venue()], reason: null });
    const asked = answers("post", "/api/v1/data/fetch", job({}), 201);
    answers("get", "/api/v1/jobs/{job_id}", job({}));
    const { address } = show();
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(screen.getByLabelText("Symbols")).toBeInvalid();
    await userEvent.type(screen.getByLabelText("Symbols"), "AAPL, MSFT");
    await userEvent.type(screen.getByLabelText("From"), "2024-01-01");
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(await screen.findByText(/fetching AAPL/)).toHaveTextContent("25.00 %");
    expect(address()).toBe("/data/fetch?job=j-1");
    expect(asked[0]?.body).toEqual({
      source: "alpaca",
      timeframe: "1d",
      symbols: ["AAPL", "MSFT"],
      start: "2024-01-01",
    });
    const refused = [{ symbol: "MSFT", error: "no such symbol" }];
    answers("get", "/api/v1/jobs/{job_id}", job({ status: "done", result: { fetched: [stored], refused } }));
    expect(
      await screen.findByText(/3 270 bars stored, 2 replaced, 5 kept/, undefined, { timeout: 3000 }),
    ).toBeInTheDocument();
    expect(screen.getByText("MSFT: no such symbol")).toBeInTheDocument();
    expect(screen.getByText("15 bars missing")).toBeInTheDocument();
  });

  it("asks ccxt for an exchange's candles once one is named", async () => {
    answers("get", "/api/v1/venues", { items: [venue()], reason: null });
    const asked = answers("post", "/api/v1/data/fetch", job({}), 201);
    answers("get", "/api/v1/jobs/{job_id}", job({}));
    show("?symbol=BTC/USDT");
    expect(screen.queryByLabelText("Exchange")).toBeNull();
    await userEvent.selectOptions(screen.getByLabelText("Source"), "ccxt");
    expect(screen.getByText(/no account is needed/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(screen.getByLabelText("Exchange")).toBeInvalid();
    expect(asked).toEqual([]);
    await userEvent.type(screen.getByLabelText("Exchange"), " binance ");
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    await screen.findByText(/fetching AAPL/);
    expect(asked[0]?.body).toEqual({ source: "ccxt", exchange: "binance", timeframe: "1d", symbols: ["BTC/USDT"] });
  });

  it("says of yfinance what it is", async () => {
    answers("get", "/api/v1/venues", { items: [], reason: null });
    const asked = answers("post", "/api/v1/data/fetch", job({}), 201);
    answers("get", "/api/v1/jobs/{job_id}", job({}));
    show("?symbol=AAPL");
    await userEvent.selectOptions(screen.getByLabelText("Source"), "yfinance (unofficial)");
    expect(screen.getByText(/Unofficial; Yahoo means its quotes for personal use/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    await screen.findByText(/fetching AAPL/);
    expect(asked[0]?.body).toEqual({ source: "yfinance", timeframe: "1d", symbols: ["AAPL"] });
  });

  it.each([
    ["Symbols", "A".repeat(500), "AAAAAAAAAAAA… is too long for a symbol."],
    ["From", "12024-01-01", "Write a date with a year of four digits."],
    ["From", "2024-03-01", "It is after the end."],
    ["To", "12024-01-01", "Write a date with a year of four digits."],
  ])("asks for nothing with %s %s", async (label, typed, said) => {
    answers("get", "/api/v1/venues", { items: [], reason: null });
    const asked = answers("post", "/api/v1/data/fetch", job({}), 201);
    show("?symbol=AAPL");
    fireEvent.change(screen.getByLabelText("To"), { target: { value: "2024-02-01" } });
    // A browser gives such a year, jsdom takes it for no date.
    if (typed.startsWith("12024")) screen.getByLabelText(label).setAttribute("type", "text");
    fireEvent.change(screen.getByLabelText(label), { target: { value: typed } });
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(screen.getByText(said)).toBeInTheDocument();
    expect(screen.getByLabelText(label)).toBeInvalid();
    expect(asked).toEqual([]);
  });

  it("says why a job failed, and why it was not begun", async () => {
    answers("get", "/api/v1/venues", { items: [], reason: "none" });
    answers("get", "/api/v1/jobs/{job_id}", job({ status: "error", error: "alpaca went away" }));
    refuses("post", "/api/v1/data/fetch", 503, "alpaca has no keys");
    show("?job=j-1&symbol=AAPL");
    expect(await screen.findByText("alpaca went away")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(await screen.findByText("alpaca has no keys")).toBeInTheDocument();
  });
});

describe("a mapping of columns", () => {
  const columns: Schemas["ColumnResponse"][] = [
    { name: "when", use: null },
    { name: "close", use: "close" },
    { name: "Adj Close", use: null },
  ];

  it("gives what it was chosen to be to one column alone", () => {
    expect(usesOf(columns, {})).toEqual([null, "close", null]);
    expect(usesOf(columns, { 2: "close", 0: "time" })).toEqual(["time", null, "close"]);
    expect(usesOf(columns, { 1: null })).toEqual([null, null, null]);
  });

  it.each([",", ";", "\t"])("writes the first line anew, between %j, and leaves the rest", async (between) => {
    const file = new File(
      [["when", "close", "Adj Close"].join(between), "\r\n1", between, "2", between, "3\r\n"],
      "a.csv",
    );
    const text = await (await renamed(file, columns, { 0: "time", 2: "close" })).text();
    expect(text).toBe(`${["timestamp", "unused_2", "close"].join(between)}\r\n1${between}2${between}3\r\n`);
  });

  it.each([
    ["a mark of UTF-8 before it", [0xef, 0xbb, 0xbf, ...new TextEncoder().encode("when,close,Adj Close")]],
    ["letters of Windows-1252", [0x45, 0x72, 0xf6, 0x66, 0x66, 0x6e, ...new TextEncoder().encode(",b,c")]],
    ["old Macs' ends of lines", [...new TextEncoder().encode("when,close,Adj Close")]],
  ])("leaves what lies below a line with %s", async (what, line) => {
    const below = what.startsWith("old") ? "\r1,2,3\r" : "\n1,2,3\n";
    const file = new File([new Uint8Array(line), below], "a.csv");
    const text = await (await renamed(file, columns, { 0: "time", 2: "close" })).text();
    expect(text).toBe(`timestamp,unused_2,close${below}`);
  });

  it("does not touch UTF-16", async () => {
    const wide = new Uint8Array([97, 44, 98, 44, 99, 10].flatMap((letter) => [letter, 0]));
    await expect(renamed(new File([wide], "a.csv"), columns, { 0: "time" })).rejects.toThrow(/cannot be named here/);
  });

  it("has a date and a time of day beside each other", async () => {
    const two: Schemas["ColumnResponse"][] = [
      { name: "d", use: null },
      { name: "t", use: null },
    ];
    const text = await (await renamed(new File(["d,t\n1,2"], "a.csv"), two, { 0: "time", 1: "clock" })).text();
    expect(text).toBe("date,time\n1,2");
  });

  it("of a file whose first line has other columns says that it cannot be", async () => {
    await expect(renamed(new File(["a,b\n"], "a.csv"), columns, { 0: "time" })).rejects.toThrow(/cannot be named here/);
    const file = new File(["a,b\n"], "a.csv");
    expect(await renamed(file, columns, {})).toBe(file);
  });
});
