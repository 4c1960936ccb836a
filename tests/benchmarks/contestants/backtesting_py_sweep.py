"""backtesting.py's `optimize` over a few of the pairs, one after the other: it needs about a second for each."""

from collections.abc import Callable

import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

from tests.benchmarks.bars import Columns, minute_stamps
from tests.benchmarks.contestants.backtesting_py import sma
from tests.benchmarks.sweep_grid import CASH, FEW


class SmaCross(Strategy):
    fast = 10
    slow = 30

    def init(self) -> None:
        self.quick = self.I(sma, self.data.Close, self.fast)
        self.long = self.I(sma, self.data.Close, self.slow)

    def next(self) -> None:
        if crossover(self.quick, self.long) and not self.position:
            self.buy(size=1)
        elif crossover(self.long, self.quick) and self.position:
            self.position.close()


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    frame = pd.DataFrame({name.capitalize(): values for name, values in columns.items()})
    frame.index = pd.to_datetime(minute_stamps(len(frame)))

    def run() -> tuple[int, float]:
        test = Backtest(frame, SmaCross, cash=CASH, commission=0.001, finalize_trades=False)
        found = [test.run(fast=fast, slow=slow) for fast, slow in FEW]
        return int(sum(one["# Trades"] for one in found)), float(
            sum(one["Equity Final [$]"] for one in found) / len(FEW)
        )

    return run
