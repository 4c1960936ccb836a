"""How the statistics are called and written in a report."""

from dataclasses import dataclass
from enum import StrEnum

BUY_AND_HOLD = "Buy and hold"
"""What a run is compared with, unless somebody names something else."""


class Form(StrEnum):
    """How a figure is written."""

    RESULT = "result"  # a percentage with sign and colour
    CHANGE = "change"  # a percentage with sign
    PERCENT = "percent"
    MONEY_RESULT = "money_result"  # money with sign and colour
    MONEY = "money"
    RATIO = "ratio"
    COUNT = "count"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Label:
    """One line of the statistics."""

    key: str
    text: str
    form: Form
    help: str


GROUPS: dict[str, tuple[Label, ...]] = {
    "Result": (
        Label("initial_equity", "Initial equity", Form.MONEY, "The cash that the run began with"),
        Label("final_equity", "Final equity", Form.MONEY, "Cash and positions at the last close"),
        Label("total_return", "Total return", Form.RESULT, "Final ÷ initial equity − 1"),
        Label("cagr", "Growth a year (CAGR)", Form.RESULT, "The constant yearly growth that gives the total return"),
        Label("benchmark_return", BUY_AND_HOLD, Form.RESULT, "Equal parts in each symbol, from its first close"),
    ),
    "Risk": (
        Label(
            "volatility",
            "Volatility a year",
            Form.PERCENT,
            "Deviation of returns × √rows a year: sessions, or longer bars",
        ),
        Label("max_drawdown", "Maximum drawdown", Form.RESULT, "Deepest fall below a former peak, over every bar"),
        Label("max_drawdown_days", "Longest drawdown", Form.DAYS, "Calendar days until a peak was reached again"),
        Label("var_95", "Value at risk, 95 %", Form.CHANGE, "One return in twenty is worse than this"),
        Label("cvar_95", "Expected shortfall, 95 %", Form.CHANGE, "The mean of the worst twentieth of returns"),
    ),
    "Ratios": (
        Label("sharpe", "Sharpe", Form.RATIO, "Mean ÷ standard deviation of returns, a year, risk-free rate 0"),
        Label("psr", "Probability that Sharpe > 0", Form.PERCENT, "Given length, skew and tails of this record alone"),
        Label("sortino", "Sortino", Form.RATIO, "As Sharpe, over the downside deviation"),
        Label("calmar", "Calmar", Form.RATIO, "Growth a year ÷ deepest drawdown from session to session"),
        Label("sqn", "System quality number", Form.RATIO, "√trades × mean ÷ standard deviation of profits"),
    ),
    "Trades": (
        Label("trades", "Closed trades", Form.COUNT, "One entry order against one exit order, first in, first out"),
        Label("wins", "Winners", Form.COUNT, "Trades with a profit after commissions"),
        Label("losses", "Losers", Form.COUNT, "Trades with a loss after commissions"),
        Label("win_rate", "Win rate", Form.PERCENT, "Winners ÷ closed trades"),
        Label("profit_factor", "Profit factor", Form.RATIO, "Sum of profits ÷ sum of losses, in money"),
        Label("expectancy", "Mean profit per trade", Form.MONEY_RESULT, "After commissions"),
        Label("avg_win", "Mean winner", Form.RESULT, "Return on the entry's value"),
        Label("avg_loss", "Mean loser", Form.RESULT, "Return on the entry's value"),
        Label("best_trade", "Best trade", Form.RESULT, "Return on the entry's value"),
        Label("worst_trade", "Worst trade", Form.RESULT, "Return on the entry's value"),
        Label("avg_trade_days", "Mean time held", Form.DAYS, "Calendar days from entry to exit"),
    ),
    "Activity and costs": (
        Label("exposure", "Time in the market", Form.PERCENT, "Bars with a position at their close ÷ bars"),
        Label("turnover", "Turnover a year", Form.RATIO, "Value bought and sold a year ÷ mean equity"),
        Label("commission", "Commission paid", Form.MONEY, "All fills together"),
        Label("slippage", "Slippage paid", Form.MONEY, "All fills together"),
    ),
    "Against buy and hold": (
        Label("alpha", "Alpha a year", Form.RESULT, "Return that the benchmark's does not explain"),
        Label("beta", "Beta", Form.RATIO, "How far returns move with the benchmark's"),
    ),
    "Shape of returns": (
        Label("skew", "Skew", Form.RATIO, "Negative: the large days are rather losses"),
        Label("kurtosis", "Excess kurtosis", Form.RATIO, "Above 0: more extreme days than a normal distribution has"),
    ),
}
"""Every statistic once, in the order of the page."""
