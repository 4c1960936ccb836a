"""backtesting.py, in the style of its own quick start; its statistics come with every run."""

from collections.abc import Callable

import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

from tests.benchmarks.bars import Columns, minute_stamps


def sma(values: object, length: int) -> pd.Series:
    return pd.Series(values).rolling(length).mean()


class SmaCross(Strategy):
    def init(self) -> None:
        self.fast = self.I(sma, self.data.Close, 10)
        self.slow = self.I(sma, self.data.Close, 30)

    def next(self) -> None:
        if crossover(self.fast, self.slow) and not self.position:
            self.buy(size=1)
        elif crossover(self.slow, self.fast) and self.position:
            self.position.close()


def contest(strategy: type[Strategy], columns: Columns) -> Callable[[], tuple[int, float]]:
    """A call that backtests the strategy once and returns its closed trades and final equity."""
    frame = pd.DataFrame({name.capitalize(): values for name, values in columns.items()})
    frame.index = pd.to_datetime(minute_stamps(len(frame)))

    def run() -> tuple[int, float]:
        stats = Backtest(frame, strategy, cash=1_000_000, commission=0.001, finalize_trades=False).run()
        return int(stats["# Trades"]), float(stats["Equity Final [$]"])

    return run


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    return contest(SmaCross, columns)
