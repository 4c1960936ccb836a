"""backtesting.py with its own exits, `sl` and `tp`."""

from collections.abc import Callable

from backtesting import Strategy
from backtesting.lib import crossover

from tests.benchmarks.bars import Columns
from tests.benchmarks.contestants.backtesting_py import contest, sma


class SmaBracket(Strategy):
    def init(self) -> None:
        self.fast = self.I(sma, self.data.Close, 10)
        self.slow = self.I(sma, self.data.Close, 30)

    def next(self) -> None:
        if crossover(self.fast, self.slow) and not self.position:
            price = self.data.Close[-1]
            self.buy(size=1, tp=round(price * 1.005, 4), sl=round(price * 0.995, 4))


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    return contest(SmaBracket, columns)
