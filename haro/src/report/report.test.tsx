/** A report of a run of two symbols, with its charts taken for drawn. */
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { changePreferences } from "~/app/preferences";
import type { ChartLine, DrawnTrade } from "~/charts/candles";
import type { Level } from "~/charts/Overlays";
import { STATISTICS } from "~/format/statistics";

import { equityCsv, fillsCsv, tradesCsv } from "./csv";
import { type Behind, readData, type ReportData } from "./data";
import { Report } from "./Report";

interface Chart {
  label: string;
  isLog?: boolean;
  lines?: ChartLine[];
  trades?: DrawnTrade[];
  levels?: Level[];
  lit?: number | null;
}

const charts = vi.hoisted((): Chart[] => []);

vi.mock("~/charts/CandleChart", () => ({
  default: (props: Chart) => {
    charts.push(props);
    return <p>{props.label}</p>;
  },
}));
vi.mock("~/charts/PanesChart", () => ({ default: ({ label }: Chart) => <p>{label}</p> }));
vi.mock("~/ui/values/Python", () => ({ default: ({ text }: { text: string }) => <pre>{text}</pre> }));

const DAY = 86_400;
const FIRST = 1_704_240_000; // 2024-01-03
const many = <T,>(of: (row: number) => T): T[] => Array.from({ length: 30 }, (_, row) => of(row));

const chart = (close: number[]) => ({
  bars: 4,
  factor: 2,
  time: [FIRST, 2 * DAY],
  open: close,
  high: close,
  low: close,
  close,
  volume: null,
  lines: [{ name: "rsi(A)", place: "below" as const, values: [null, 30] }],
  levels: { kind: ["stop" as const], from: [0], to: [3], price: [9] },
  happenings: [{ bar: 2, text: "Split 2:1" }],
});

const DATA: ReportData = {
  title: "crossover on A, B 1d",
  mode: "backtest",
  strategy: "Crossover",
  parameters: [["fast", "10"]],
  symbols: ["A", "B"],
  timeframe: "1d",
  isDaily: true,
  zone: "America/New_York",
  currency: "USD",
  costs: [["Costs", "no costs"]],
  provenance: [["Weaver", "0.1.0"]],
  source: "class Crossover: ...",
  warnings: [
    { code: "lookahead", message: "It looked ahead.", isFatal: true },
    { code: "few_trades", message: "Few trades.", isFatal: false },
  ],
  stats: Object.fromEntries(Object.keys(STATISTICS).map((key) => [key, 1])),
  benchmark: "Buy and hold",
  curve: {
    rows: 9,
    first: FIRST,
    last: FIRST + DAY,
    time: [FIRST, DAY],
    equity: [100, 1100],
    cash: [50, 0],
    benchmark: [100, null],
  },
  work: { each: 2, time: [FIRST, DAY], exposure: [0.5, null], held: [50, 1100], cash: [50, 0] },
  months: [{ year: 2024, months: [0.1, ...Array<null>(11).fill(null)], total: 0.1 }],
  bySymbol: [
    { symbol: "A", trades: 30, wins: 15, pnl: "12.5", commission: "1" },
    { symbol: "B", trades: 0, wins: 0, pnl: "0", commission: "0" },
  ],
  drawdowns: [{ start: FIRST, bottom: FIRST + DAY, end: null, depth: -0.2, days: 4 }],
  rolling: { sessions: 126, time: [FIRST, DAY], sharpe: [1, null], beta: [0.5, 0.6] },
  returns: { bins: [{ start: -0.01, end: 0.01, count: 4 }], mean: 0.001 },
  durations: [{ name: "1–3 d", trades: 30, wins: 15, pnl: 12.5 }],
  entries: [{ name: "Mon", trades: 30, wins: 15, pnl: -3 }],
  charts: { A: chart([10, 20]), B: chart([10, 200]) },
  trades: {
    count: 40,
    number: many((row) => row + 1),
    symbol: many((row) => (row === 29 ? "B" : "A")),
    side: many(() => "long"),
    quantity: many(() => "10"),
    entry_time: many((row) => FIRST + row * DAY),
    entry_price: many(() => "10.5"),
    entry_bar: many((row) => (row === 28 ? null : 0)),
    entry_drawn: many((row) => (row === 1 ? 21 : null)),
    exit_time: many((row) => FIRST + (row + 1) * DAY),
    exit_price: many(() => "11"),
    exit_bar: many((row) => (row === 28 ? null : 3)),
    delisted: many((row) => row === 0),
    pnl: many((row) => String(row - 15)),
    return: many((row) => (row - 15) / 100),
    commission: many(() => "0.1"),
    bars: many(() => 3),
    mae: many(() => -0.01),
    mfe: many(() => 0.02),
  },
  fills: {
    count: 1,
    order_id: ["1"],
    symbol: ['A,"x"'],
    side: ["buy"],
    quantity: ["10"],
    price: ["10.5"],
    commission: ["0"],
    slippage: ["0"],
    timestamp: [FIRST],
  },
};

const BEHIND: Behind = { charts: DATA.charts, trades: DATA.trades, fills: DATA.fills };

beforeEach(() => {
  charts.length = 0;
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(() => changePreferences({ theme: "system", gains: "green" }));

const region = (name: string | RegExp) => screen.getByRole("region", { name });

test("doubts come first, and those that make figures worthless say so", async () => {
  render(<Report data={DATA} behind={BEHIND} />);
  const told = within(region("Warnings")).getAllByRole("listitem");
  expect(told.map((one) => one.textContent)).toEqual([
    "It looked ahead. No figure below can be believed before that is mended. lookahead",
    "Few trades. few_trades",
  ]);
  expect(await screen.findByText("class Crossover: ...")).toBeInTheDocument();
  expect(screen.getByText("crossover on A, B 1d")).toBeInTheDocument();
  expect(region("Deepest drawdowns")).toHaveTextContent("2024-01-03");
  expect(region("Sharpe and beta over 126 sessions")).toBeInTheDocument();
  expect(region("Profit by day of entry")).toHaveTextContent("Mon");
});

test("a chart has the strategy's indicators where they were put, its orders' levels, and its trades", () => {
  render(<Report data={DATA} behind={BEHIND} />);
  const drawn = charts.at(-1);
  expect(drawn?.lines).toEqual([{ name: "rsi(A)", isOver: false, points: [{ time: FIRST + 2 * DAY, value: 30 }] }]);
  expect(drawn?.levels).toEqual([{ kind: "stop", from: FIRST, to: FIRST + 2 * DAY, price: 9 }]);
  expect(drawn?.trades).toHaveLength(28);
  expect(drawn?.trades?.[0]).toMatchObject({ number: 0, entry: { time: FIRST }, exit: { time: FIRST + 2 * DAY } });
  expect(drawn?.trades?.slice(0, 2).map(({ entry }) => entry.price)).toEqual([10.5, 21]); // one before a split
});

test("prices that grew tenfold begin on a scale of powers, which can be turned off", async () => {
  render(<Report data={DATA} behind={BEHIND} />);
  expect(charts.at(-1)?.isLog).toBe(false);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Symbol" }), "B");
  expect(charts.at(-1)).toMatchObject({ isLog: true, label: expect.stringContaining("Bars of B") as string });
  await userEvent.click(within(region("Prices and trades")).getByRole("button", { name: "Log scale" }));
  expect(charts.at(-1)?.isLog).toBe(false);
  const equity = within(region(/^Equity/)).getByRole("button", { name: "Log scale" });
  expect(equity).toHaveAttribute("aria-pressed", "true");
});

test("trades are sorted by a click, and one that is clicked is gone to, on its symbol's chart", async () => {
  render(<Report data={DATA} behind={BEHIND} />);
  const trades = region(/^Trades \(40\)/);
  const rows = () => within(within(trades).getByRole("table")).getAllByRole("row").slice(1);
  expect(rows()[0]).toHaveTextContent("delisted");
  await userEvent.click(within(trades).getByRole("button", { name: "P&L" }));
  expect(within(rows()[0] as HTMLElement).getByText("30")).toBeInTheDocument();
  await userEvent.click(within(trades).getByRole("button", { name: "Show trade 30 on the chart" }));
  expect(charts.at(-1)).toMatchObject({ lit: 29, label: expect.stringContaining("Bars of B") as string });
  await userEvent.hover(rows()[1] as HTMLElement);
  expect(charts.at(-1)?.lit).toBe(28);
  await userEvent.click(within(trades).getByRole("button", { name: "Next page" }));
  expect(rows()).toHaveLength(5);
  expect(trades).toHaveTextContent("The page has the 30 trades with the largest results");
  await userEvent.click(screen.getByRole("button", { name: "Trade before" }));
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
});

test("a run that trades says so, and where all of it is", () => {
  render(<Report data={{ ...DATA, mode: "paper" }} behind={BEHIND} />);
  expect(screen.getByText("paper")).toBeInTheDocument();
  expect(screen.queryByText("backtest")).toBeNull();
  expect(screen.queryByText("weaver backtest --json")).toBeNull();
  expect(screen.getAllByText(/The run's own page in the web app has all/)).toHaveLength(2);
});

test("another benchmark than holding the run's symbols is called by its name", () => {
  render(<Report data={{ ...DATA, benchmark: "SPY" }} behind={BEHIND} />);
  const statistics = region("Statistics");
  expect(within(statistics).getByText("Against SPY")).toBeInTheDocument();
  expect(within(statistics).getByRole("button", { name: "SPY" })).toBeInTheDocument();
  expect(statistics).not.toHaveTextContent(/buy and hold/i);
});

test("one bar is not told as several", () => {
  render(<Report data={{ ...DATA, curve: { ...DATA.curve, rows: 1 } }} behind={BEHIND} />);
  expect(screen.getByText(/, 1 bar of 1d, in USD/)).toBeInTheDocument();
});

test("what is seen at first is shown before the rest of the data is there, and once", () => {
  const shown = vi.fn();
  const { rerender } = render(<Report data={DATA} behind={null} onShown={shown} />);
  expect(shown).toHaveBeenCalledOnce();
  expect(region(/^Equity/)).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: /^Trades/ })).toBeNull();
  expect(screen.queryByRole("contentinfo")).toBeNull();
  rerender(<Report data={DATA} behind={BEHIND} onShown={shown} />);
  expect(region(/^Trades \(40\)/)).toBeInTheDocument();
  expect(screen.getByRole("contentinfo")).toBeInTheDocument();
  expect(shown).toHaveBeenCalledOnce();
});

test("theme and colours are changed by a click", async () => {
  render(<Report data={DATA} behind={BEHIND} />);
  await userEvent.click(screen.getByRole("button", { name: /^(Light|Dark)$/ }));
  await userEvent.click(screen.getByRole("button", { name: "Blue and orange" }));
  expect(document.documentElement.dataset.gains).toBe("blue");
});

test("a run without trades, bars, returns or source is a page too", () => {
  const none = Object.fromEntries(Object.keys(DATA.trades).map((name) => [name, []]));
  const trades = { ...none, count: 0 } as unknown as ReportData["trades"];
  const bare = { warnings: [], charts: {}, drawdowns: [], durations: [], entries: [], source: null };
  const data = { ...DATA, ...bare, trades, rolling: null, returns: null, symbols: ["A"], isDaily: false };
  render(<Report data={data} behind={data} />);
  expect(screen.queryByRole("region", { name: "Warnings" })).toBeNull();
  expect(region("Rolling Sharpe and beta")).toHaveTextContent("Too few sessions");
  expect(region(/^Trades \(0\)/)).toHaveTextContent("No trade was closed");
  expect(screen.queryByRole("region", { name: "Prices and trades" })).toBeNull();
});

test("tables are saved as CSV, with the names that the record has", async () => {
  expect(tradesCsv(DATA).split("\r\n").slice(0, 2)).toEqual([
    "number,symbol,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,return,commission,bars,mae,mfe,delisted",
    "1,A,long,10,2024-01-03T00:00:00Z,10.5,2024-01-04T00:00:00Z,11,-15,-0.15,0.1,3,-0.01,0.02,true",
  ]);
  expect(fillsCsv(DATA).split("\r\n")[1]).toBe('1,"A,""x""",buy,10,10.5,0,0,2024-01-03T00:00:00Z');
  expect(equityCsv(DATA)).toBe(
    "timestamp,equity,cash,benchmark\r\n2024-01-03T00:00:00Z,100,50,100\r\n2024-01-04T00:00:00Z,1100,0,\r\n",
  );
  const saved: string[] = [];
  URL.createObjectURL = (file) => {
    saved.push((file as Blob).type);
    return "blob:x";
  };
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  render(<Report data={DATA} behind={BEHIND} />);
  for (const what of ["equity", "trades", "fills"])
    await userEvent.click(screen.getByRole("button", { name: `Save ${what} as CSV` }));
  expect(saved.filter((one) => one !== "text/csv")).toEqual([
    "Crossover-equity.csv",
    "Crossover-trades.csv",
    "Crossover-fills.csv",
  ]);
});

test("data is read as the page carries it", async () => {
  const plain = new Response(JSON.stringify({ title: "Zoë" })).body;
  const stream = plain?.pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  expect(await readData(btoa(String.fromCharCode(...bytes)))).toEqual({ title: "Zoë" });
});
