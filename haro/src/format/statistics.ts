/** What each statistic is called, how it is written, what it means, and which way it is better. */
import type { Stats } from "~/api/types";

import { count, type Figure, money, percent, ratio, signedMoney, UNKNOWN } from "./figures";

export type Form = "money" | "result" | "share" | "ratio" | "count" | "days" | "gain";
export type StatKey = keyof Stats;

export interface Statistic {
  label: string;
  form: Form;
  /** Its definition, for a hover. */
  help: string;
  /** Which of two is the better one; absent where neither is. */
  better?: "high" | "low";
}

/** What a run is compared with, unless somebody names something else. */
export const BUY_AND_HOLD = "Buy and hold";

/** A text that speaks of buying and holding, with what a run is compared with instead. */
export const named = (text: string, benchmark: string): string =>
  benchmark === BUY_AND_HOLD ? text : text.replace(/buy and hold/i, benchmark);

/** Complete by its type: a statistic that is added or renamed in the backend does not build. */
export const STATISTICS: Record<StatKey, Statistic> = {
  initial_equity: { label: "Initial equity", form: "money", help: "The cash that the run began with." },
  final_equity: { label: "Equity", form: "money", help: "Cash and positions at the last close.", better: "high" },
  total_return: { label: "Return", form: "result", help: "Final ÷ initial equity − 1.", better: "high" },
  cagr: {
    label: "Growth a year",
    form: "result",
    help: "The constant yearly growth that gives the total return.",
    better: "high",
  },
  benchmark_return: {
    label: BUY_AND_HOLD,
    form: "result",
    help: "The benchmark, held without costs: unless another was named, equal parts in each symbol from its first close.",
  },
  volatility: {
    label: "Volatility a year",
    form: "share",
    help: "Standard deviation of daily returns × √(rows a year).",
    better: "low",
  },
  max_drawdown: {
    label: "Drawdown",
    form: "result",
    help: "The deepest fall of equity below a former peak, over every bar; the initial cash is a peak.",
    better: "high",
  },
  max_drawdown_days: {
    label: "Longest drawdown",
    form: "days",
    help: "Calendar days from a peak until it was reached again, or to the end; the longest.",
    better: "low",
  },
  var_95: {
    label: "Value at risk, 95 %",
    form: "result",
    help: "One daily return in twenty is worse than this.",
    better: "high",
  },
  cvar_95: {
    label: "Expected shortfall, 95 %",
    form: "result",
    help: "The mean of the worst twentieth of daily returns.",
    better: "high",
  },
  sharpe: {
    label: "Sharpe",
    form: "ratio",
    help: "Mean ÷ standard deviation of daily returns, × √(rows a year); the risk-free rate is 0.",
    better: "high",
  },
  psr: {
    label: "Probability that Sharpe > 0",
    form: "share",
    help: "Given length, skew and tails of this record. It does not know how many variants were tried.",
    better: "high",
  },
  sortino: { label: "Sortino", form: "ratio", help: "As Sharpe, against the downside deviation only.", better: "high" },
  calmar: { label: "Calmar", form: "ratio", help: "Growth a year ÷ deepest drawdown of daily equity.", better: "high" },
  sqn: {
    label: "System quality number",
    form: "ratio",
    help: "√trades × mean profit ÷ standard deviation of the profits.",
    better: "high",
  },
  trades: {
    label: "Trades",
    form: "count",
    help: "Closed round trips: one entry order against one exit order, first in, first out.",
  },
  wins: { label: "Winners", form: "count", help: "Trades with a profit after commissions." },
  losses: { label: "Losers", form: "count", help: "Trades with a loss after commissions." },
  win_rate: { label: "Win rate", form: "share", help: "Winners ÷ closed trades.", better: "high" },
  profit_factor: {
    label: "Profit factor",
    form: "ratio",
    help: "Sum of profits ÷ sum of losses, in money.",
    better: "high",
  },
  expectancy: {
    label: "Mean profit of a trade",
    form: "gain",
    help: "After commissions of both sides, in money.",
    better: "high",
  },
  avg_win: { label: "Mean winner", form: "result", help: "Return on the entry's value.", better: "high" },
  avg_loss: { label: "Mean loser", form: "result", help: "Return on the entry's value.", better: "high" },
  best_trade: { label: "Best trade", form: "result", help: "The highest return of a trade.", better: "high" },
  worst_trade: { label: "Worst trade", form: "result", help: "The lowest return of a trade.", better: "high" },
  avg_trade_days: { label: "Mean time held", form: "days", help: "From entry to exit, in days of 24 hours." },
  exposure: { label: "Exposure", form: "share", help: "Bars with a position at their close ÷ all bars." },
  turnover: {
    label: "Turnover a year",
    form: "ratio",
    help: "Value bought and sold a year ÷ mean daily equity.",
    better: "low",
  },
  commission: { label: "Commission paid", form: "money", help: "Of all fills together.", better: "low" },
  slippage: {
    label: "Slippage paid",
    form: "money",
    help: "Of all fills together; positive where it cost.",
    better: "low",
  },
  alpha: {
    label: "Alpha a year",
    form: "result",
    help: "Return that buying and holding does not explain.",
    better: "high",
  },
  beta: { label: "Beta", form: "ratio", help: "How far daily returns move with those of buying and holding." },
  skew: {
    label: "Skew",
    form: "ratio",
    help: "Of daily returns. Negative: the large days are rather losses.",
    better: "high",
  },
  kurtosis: {
    label: "Excess kurtosis",
    form: "ratio",
    help: "Of daily returns. Above 0: more extreme days than a normal distribution has.",
    better: "low",
  },
};

/** In the order of a page. */
export const GROUPS: [title: string, keys: StatKey[]][] = [
  ["Result", ["initial_equity", "final_equity", "total_return", "cagr", "benchmark_return"]],
  ["Risk", ["volatility", "max_drawdown", "max_drawdown_days", "var_95", "cvar_95"]],
  ["Ratios", ["sharpe", "psr", "sortino", "calmar", "sqn"]],
  [
    "Trades",
    [
      "trades",
      "wins",
      "losses",
      "win_rate",
      "profit_factor",
      "expectancy",
      "avg_win",
      "avg_loss",
      "best_trade",
      "worst_trade",
      "avg_trade_days",
    ],
  ],
  ["Activity and costs", ["exposure", "turnover", "commission", "slippage"]],
  ["Against buy and hold", ["alpha", "beta"]],
  ["Shape of returns", ["skew", "kurtosis"]],
];

const WRITTEN: Record<Form, (value: Figure) => string> = {
  money: (value) => money(value),
  gain: (value) => signedMoney(value),
  result: (value) => percent(value, true),
  share: (value) => percent(value),
  ratio,
  count,
  days: (value) => (value == null ? UNKNOWN : `${Number.isInteger(value) ? count(value) : ratio(value)} d`),
};

/** A statistic as it is shown. Statistics are floats: they describe money, and are none. */
export function statistic(key: StatKey, value: number | null | undefined): string {
  return WRITTEN[STATISTICS[key].form](value);
}

/** Which of several values are the best of a statistic: all that share the first place; none where all are equal. */
export function best(key: StatKey, values: (number | null | undefined)[]): Set<number> {
  const { better } = STATISTICS[key];
  const known = values.filter((value): value is number => value != null);
  if (!better || new Set(known).size < 2) return new Set();
  const top = better === "high" ? Math.max(...known) : Math.min(...known);
  return new Set(values.flatMap((value, index) => (value === top ? [index] : [])));
}
