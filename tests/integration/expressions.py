"""Random series and signals over prices: trees of arithmetic, comparisons, logic, crossings, shifts and indicators."""

from random import Random

import numpy as np

from weaver import (
    Strategy,
    atr,
    bbands,
    crossed_above,
    crossed_below,
    ema,
    highest,
    indicator,
    lowest,
    macd,
    roc,
    rsi,
    shift,
    sma,
    stddev,
    talib,
    wma,
    zscore,
)
from weaver.marvin.series.series import Series, Signal

COLUMNS = ("open", "high", "low", "close", "volume")


def own(values: np.ndarray, *, factor: float) -> np.ndarray:
    """A user's function: a running extreme that fades."""
    result, level = np.empty_like(values), 0.0
    for k, value in enumerate(values.tolist()):
        level = max(value, level * factor) if value == value else level
        result[k] = level
    return result


class Trees:
    """Grows expressions for one strategy; the same seed grows the same ones."""

    def __init__(self, strategy: Strategy, seed: int, timeframes: tuple[str, ...]) -> None:
        self._chance = Random(seed)
        self._groups = [
            strategy.series(symbol, timeframe) for symbol in strategy.symbols for timeframe in (None, *timeframes)
        ]

    def series(self, depth: int) -> Series:
        """A series of at most so many levels."""
        chance = self._chance
        group = chance.choice(self._groups)
        if depth == 0 or chance.random() < 0.15:
            return getattr(group, chance.choice(COLUMNS))
        period = chance.randint(2, 15)
        node = self.series(depth - 1)
        grown = (
            lambda: self._arithmetic(node, chance.choice((self.series(depth - 1), chance.uniform(0.5, 3)))),
            lambda: self._arithmetic(node, self.series(depth - 1)),
            lambda: -abs(node),
            lambda: node.shift(chance.randrange(4)),
            lambda: chance.choice((sma, ema, wma))(node, period),
            lambda: chance.choice((highest, lowest))(node, period),
            lambda: chance.choice((rsi, roc, stddev, zscore))(node, period),
            lambda: chance.choice(bbands(node, period)),
            lambda: chance.choice(macd(node, 3, 3 + period, 4)),
            lambda: chance.choice((atr(group, period), talib("ADX", group, timeperiod=period))),
            lambda: indicator(own, node, factor=0.97),
        )
        result: Series = chance.choice(grown)()
        return result

    def signal(self, depth: int) -> Signal:
        """A signal of at most so many levels."""
        chance = self._chance
        if depth == 0 or chance.random() < 0.3:
            return self._comparison(self.series(2), chance.choice((self.series(2), chance.uniform(0, 60))))
        match chance.randrange(6):
            case 0:
                return self.signal(depth - 1) & self.signal(depth - 1)
            case 1:
                return self.signal(depth - 1) | self.signal(depth - 1)
            case 2:
                return ~self.signal(depth - 1)
            case 3:
                return shift(self.signal(depth - 1), chance.randrange(3))
            case 4:
                return crossed_above(self.series(2), self.series(2))
            case _:
                return crossed_below(self.series(2), self.series(1))

    def _arithmetic(self, one: Series, other: Series | float) -> Series:
        match self._chance.randrange(4):
            case 0:
                return one + other
            case 1:
                return one - other
            case 2:
                return other * one
            case _:
                return one / other

    def _comparison(self, one: Series, other: Series | float) -> Signal:
        match self._chance.randrange(6):
            case 0:
                return one < other
            case 1:
                return one <= other
            case 2:
                return one > other
            case 3:
                return one >= other
            case 4:
                return one == other
            case _:
                return one != other
