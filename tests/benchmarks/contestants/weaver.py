"""Weaver's part: one whole call, from numpy columns to statistics, equity and trades."""

from collections.abc import Callable

import weaver as weaver_api
from tests.benchmarks.bars import MINUTE_NS, SYMBOL, Columns, minute_stamps
from weaver import Strategy
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe


def minute_bars(columns: Columns) -> Bars:
    """The columns as Weaver's bars of a crypto pair, which trades at every minute."""
    stamps = minute_stamps(len(columns["close"]))
    return Bars(symbol=SYMBOL, timeframe=Timeframe.parse("1m"), timestamp=stamps, end=stamps + MINUTE_NS, **columns)


def contest(strategy: type[Strategy], columns: Columns) -> Callable[[], tuple[int, float]]:
    """A call that backtests the strategy once and returns its closed trades and final equity."""
    bars = minute_bars(columns)

    def run() -> tuple[int, float]:
        result = weaver_api.backtest(
            strategy, bars, cash=1_000_000, costs={"commission_bps": 10}, lookahead_check=False
        )
        stats = result.stats
        return stats["trades"], stats["final_equity"]

    return run
