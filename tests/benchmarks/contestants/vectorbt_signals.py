"""vectorbt's `from_signals`: averages, signals, portfolio, equity and the count of trades.

Signals act on the next bar's open. The index has no time zone, which is many times faster there. Its table of
statistics is left out, in its favour.
"""

from collections.abc import Callable

import pandas as pd
import vectorbt as vbt

from tests.benchmarks.bars import Columns, minute_stamps


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    index = pd.to_datetime(minute_stamps(len(columns["close"])))
    close = pd.Series(columns["close"], index=index)
    opened = pd.Series(columns["open"], index=index)

    def run() -> tuple[int, float]:
        fast, slow = vbt.MA.run(close, 10), vbt.MA.run(close, 30)
        entries = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
        exits = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
        portfolio = vbt.Portfolio.from_signals(
            close, entries, exits, price=opened, size=1, fees=0.001, init_cash=1_000_000, freq="1min"
        )
        return int(portfolio.trades.closed.count()), float(portfolio.value().iloc[-1])

    return run
