"""vectorbt, 200 pairs as columns of one portfolio, with its table of statistics by column."""

from collections.abc import Callable

import pandas as pd
import vectorbt as vbt

from tests.benchmarks.bars import Columns, minute_stamps
from tests.benchmarks.sweep_grid import CASH, PAIRS


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    index = pd.to_datetime(minute_stamps(len(columns["close"])))
    close = pd.Series(columns["close"], index=index)
    opened = pd.Series(columns["open"], index=index)

    def run() -> tuple[int, float]:
        fast = vbt.MA.run(close, [fast for fast, _ in PAIRS], short_name="fast")
        slow = vbt.MA.run(close, [slow for _, slow in PAIRS], short_name="slow")
        entries = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
        exits = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
        portfolio = vbt.Portfolio.from_signals(
            close, entries, exits, price=opened, size=1, fees=0.001, init_cash=CASH, freq="1min"
        )
        stats = portfolio.stats(agg_func=None, silence_warnings=True)
        return int(stats["Total Closed Trades"].sum()), float(stats["End Value"].mean())

    return run
