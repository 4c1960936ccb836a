"""backtesting.py on those of the ordinary strategies that it can do, each in the style of its own documentation."""

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

from tests.benchmarks.bars import SYMBOL, Columns, minute_stamps
from tests.benchmarks.contestants.backtesting_py import sma
from tests.benchmarks.contestants.backtesting_py_bracket import SmaBracket


class Averages(Strategy):
    def init(self) -> None:
        self.fast = self.I(sma, self.data.Close, 10)
        self.slow = self.I(sma, self.data.Close, 30)


class PositionAsked(Averages):
    def next(self) -> None:
        above = self.fast[-1] > self.slow[-1]
        if above and not self.position:
            self.buy(size=1)
        elif not above and self.position:
            self.position.close()


class Reversals(Averages):
    """Its `exclusive_orders` close what is open before each order."""

    def next(self) -> None:
        if crossover(self.fast, self.slow):
            self.buy(size=1)
        elif crossover(self.slow, self.fast):
            self.sell(size=1)


class Trailing(Averages):
    """As its `TrailingStrategy` moves `trade.sl`, at half a percent below the highest price since."""

    def init(self) -> None:
        super().init()
        self.mark = 0.0

    def next(self) -> None:
        for trade in self.trades:
            self.mark = self.data.Close[-1] if trade.sl is None else max(self.mark, self.data.High[-1])
            level = self.mark * 0.995
            if trade.sl is None or level > trade.sl:
                trade.sl = level
        if crossover(self.fast, self.slow) and not self.position:
            self.buy(size=1)


class LimitAnew(Strategy):
    def init(self) -> None:
        pass

    def next(self) -> None:
        for order in self.orders:
            order.cancel()
        if self.position:
            self.sell(size=1, limit=round(self.data.Close[-1] * 1.001, 4))
        else:
            self.buy(size=1, limit=round(self.data.Close[-1] * 0.999, 4))


class OrdersLookedAt(Strategy):
    def init(self) -> None:
        self.waited = 0

    def next(self) -> None:
        if self.orders:
            self.waited += 1
            if self.waited >= 20:
                for order in self.orders:
                    order.cancel()
            return
        self.waited = 0
        if self.position:
            self.sell(size=1, limit=round(self.data.Close[-1] * 1.002, 4))
        else:
            self.buy(size=1, limit=round(self.data.Close[-1] * 0.998, 4))


def rsi(close: np.ndarray, period: int) -> np.ndarray:
    """Wilder's."""
    moves = np.diff(close, prepend=np.nan)
    result, share = np.full(len(close), np.nan), 1 / period
    up, down = np.maximum(moves, 0), np.maximum(-moves, 0)
    rise, fall = up[1 : period + 1].mean(), down[1 : period + 1].mean()
    result[period] = 100 * rise / (rise + fall)
    for k in range(period + 1, len(close)):
        rise, fall = rise + (up[k] - rise) * share, fall + (down[k] - fall) * share
        result[k] = 100 * rise / (rise + fall)
    return result


class RsiSized(Strategy):
    def init(self) -> None:
        self.strength = self.I(rsi, self.data.Close, 14)

    def next(self) -> None:
        strength, quantity = self.strength[-1], self.equity * 0.1 // self.data.Close[-1]
        if strength < 30 and not self.position:
            self.buy(size=quantity)
        elif strength > 55 and self.position:
            self.position.close()


class DailyExit(Averages):
    def next(self) -> None:
        if (self.data.index[-1] + MINUTE).hour >= 22:
            if self.position:
                self.position.close()
        elif self.fast[-1] > self.slow[-1] and not self.position:
            self.buy(size=1)


MINUTE = pd.Timedelta(minutes=1)
STRATEGIES: dict[str, tuple[type[Strategy], dict]] = {
    "position": (PositionAsked, {}),
    "reversals": (Reversals, {"exclusive_orders": True, "margin": 0.5}),
    "trailing": (Trailing, {}),
    "limit": (LimitAnew, {}),
    "bracket": (SmaBracket, {}),
    "rsi": (RsiSized, {}),
    "orders": (OrdersLookedAt, {}),
    "daily": (DailyExit, {}),
}


class Run:
    """Calls are whole backtests; the last one's trades can be asked for."""

    def __init__(self, columns: Columns, name: str) -> None:
        self.strategy, self.options = STRATEGIES[name]
        self.frame = pd.DataFrame({name.capitalize(): values for name, values in columns.items()})
        self.frame.index = pd.to_datetime(minute_stamps(len(self.frame)))
        self.stats = pd.Series(dtype=object)

    def __call__(self) -> tuple[int, float]:
        backtest = Backtest(
            self.frame, self.strategy, cash=1_000_000, commission=0.001, finalize_trades=False, **self.options
        )
        self.stats = backtest.run()
        return int(self.stats["# Trades"]), float(self.stats["Equity Final [$]"])

    def closed_trades(self) -> list[tuple[str, float, float, float]]:
        """Symbol, signed quantity, prices of entry and exit."""
        trades = self.stats["_trades"]
        prices = zip(trades["Size"], trades["EntryPrice"], trades["ExitPrice"], strict=True)
        return [(SYMBOL, float(size), float(entry), float(exit_)) for size, entry, exit_ in prices]


def prepare(columns: Columns, name: str) -> Run:
    return Run(columns, name)
