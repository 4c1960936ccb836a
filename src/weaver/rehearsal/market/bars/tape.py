"""Trades and quotes derived from bars: four trades a bar, whose first, extremes and last are the bar's, and a quote
around each. The same bar gives the same trades, whenever it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Float64, Int64
from weaver.rehearsal.market.bars.columns import Columns

Number = TypeVar("Number", np.int64, np.float64)
PER_BAR = 4
_LAST = 1_000_000
"""How long before its end a bar's last trade is (ns)."""
_PAIR_SPREAD = 0.0005
"""Half the spread of a pair, as a share of its price."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tape:
    """n trades in order of time; instants are ns."""

    time: Int64
    price: Float64
    size: Float64
    id: Int64

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: "slice | Int64") -> "Tape":
        """Some of them."""
        return Tape(time=self.time[which], price=self.price[which], size=self.size[which], id=self.id[which])


def tape_of(bars: Columns, first: int, *, is_whole: bool) -> Tape:
    """The trades of bars of which the first is the symbol's bar number `first`. is_whole: sizes are whole numbers."""
    rises = bars.close >= bars.open
    prices = (bars.open, np.where(rises, bars.low, bars.high), np.where(rises, bars.high, bars.low), bars.close)
    times = trade_times(bars.opened, bars.end)
    part = np.floor(bars.volume / PER_BAR) if is_whole else np.round(bars.volume / PER_BAR, 9)
    last = np.round(bars.volume - (PER_BAR - 1) * part, 9)
    numbers = (first + np.arange(len(bars), dtype=np.int64)) * PER_BAR
    return Tape(
        time=_woven(times),
        price=_woven(prices),
        size=_woven([part] * (PER_BAR - 1) + [last]),
        id=_woven([numbers + step for step in range(1, PER_BAR + 1)]),
    )


def trade_times(opened: Int64, end: Int64) -> list[Int64]:
    """When the trades of bars are: three in equal steps, and one just before the end."""
    steps = [opened + (end - opened) * step // 5 for step in range(1, PER_BAR)]
    return [*steps, np.maximum(end - _LAST, steps[-1])]


def vwap(bars: Columns, *, is_whole: bool) -> Float64:
    """The average price of each bar's trades by their sizes; of a bar without volume, its close."""
    tape = tape_of(bars, 0, is_whole=is_whole)
    worth = (tape.price * tape.size).reshape(-1, PER_BAR).sum(axis=1)
    traded = bars.volume > 0
    average = np.divide(worth, bars.volume, out=bars.close.copy(), where=traded)
    within: Float64 = np.clip(average, bars.low, bars.high)
    return within


def half_spread(price: float, *, is_pair: bool) -> float:
    """How far bid and ask are from a trade's price: a tick of a stock, a share of the price of a pair."""
    if is_pair:
        return price * _PAIR_SPREAD
    return 0.01 if price >= 1 else 0.0001


def _woven(columns: Sequence[NDArray[Number]]) -> NDArray[Number]:
    """One column of several, a value of each in turn."""
    return np.stack(columns, axis=1).ravel()
