"""backtesting.py with its own exits, `sl` and `tp`."""

from collections.abc import Callable

import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

from tests.benchmarks.bars import Columns, minute_stamps
from tests.benchmarks.contestants.backtesting_py import sma


class SmaBracket(Strategy):
    def init(self) -> None:
        self.fast = self.I(sma, self.data.Close, 10)
        self.slow = self.I(sma, self.data.Close, 30)

    def next(self) -> None:
        if crossover(self.fast, self.slow) and not self.position:
            price = self.data.Close[-1]
            self.buy(size=1, tp=round(price * 1.005, 4), sl=round(price * 0.995, 4))


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    frame = pd.DataFrame({name.capitalize(): values for name, values in columns.items()})
    frame.index = pd.to_datetime(minute_stamps(len(frame)))

    def run() -> tuple[int, float]:
        stats = Backtest(frame, SmaBracket, cash=1_000_000, commission=0.001, finalize_trades=False).run()
        return int(stats["# Trades"]), float(stats["Equity Final [$]"])

    return run
