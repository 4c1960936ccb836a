"""Bars of one symbol and timeframe to which new ones are added, and the columns that series are made of."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.growing import Growing
from weaver.model.market.bars import COLUMNS, PRICES, Bars

Floats = NDArray[np.float64]
VALUES = (*PRICES, "volume")


class ClosedBar(Protocol):
    """A bar of the run's timeframe that has closed. Instants in ns since the epoch."""

    @property
    def symbol(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def close(self) -> float: ...
    @property
    def volume(self) -> float: ...
    @property
    def is_missed(self) -> bool:
        """It closed while the run was down: it enters the series, and no callback is made for it."""


class Splits:
    """A symbol's splits that are known by now: the instants (ns) with which they take effect, and their ratios."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[tuple[int, Fraction]] = []

    def add(self, moment: int, ratio: Fraction) -> None:
        """Bars that end before `moment` are to be put on the scale after the split."""
        insort(self._found, (moment, ratio))

    def __len__(self) -> int:
        return len(self._found)

    def within(self, ends: NDArray[np.int64]) -> list[tuple[int, Fraction]]:
        """The bars before which they take effect, by index, and the ratio at each."""
        return [(int(np.searchsorted(ends, moment)), ratio) for moment, ratio in self._found]

    def factor(self, end: int) -> float | None:
        """How many shares of now one was at the close of a bar; None where it is one."""
        at = bisect_right(self._found, end, key=lambda one: one[0])
        factor = Fraction(1)
        for _, ratio in self._found[at:]:
            factor *= ratio
        return float(factor) if at < len(self._found) else None

    def scaled(self, values: Floats, ends: NDArray[np.int64], *, is_volume: bool) -> Floats:
        """A column as it looks after all of them."""
        values, factor, places = values.copy(), Fraction(1), self.within(ends)
        for k in range(len(places) - 1, -1, -1):
            at, ratio = places[k]
            factor *= ratio
            begin = places[k - 1][0] if k else 0
            values[begin:at] = _scaled(values[begin:at], float(factor), is_volume=is_volume)
        return values


def _scaled(values: Any, factor: float, *, is_volume: bool) -> Any:
    return values * factor if is_volume else values / factor


class Room(NamedTuple):
    """Columns of bars of which the last say nothing yet."""

    timestamp: NDArray[np.int64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


class GrowingBars:
    """The bars of one symbol and timeframe so far, oldest first, as they were traded (`bars`), and as columns on the
    scale of now."""

    __slots__ = ("_known", "_raw", "_shown", "_splits", "room", "symbol", "timeframe")

    def __init__(self, bars: Bars, splits: Splits) -> None:
        self.symbol, self.timeframe, self._splits = bars.symbol, bars.timeframe, splits
        self._raw = {name: Growing(getattr(bars, name)) for name in COLUMNS}
        self._known: Bars | None = bars
        self.room = self._rooms()
        """The columns as they were traded, with room for more behind them: others when that is full."""
        self.rescale()

    def _rooms(self) -> Room:
        return Room(*(self._raw[name].room for name in ("timestamp", *VALUES)))

    @property
    def bars(self) -> Bars:
        """All so far, on the scales on which they were traded."""
        if self._known is None:
            columns = {name: column.values for name, column in self._raw.items()}
            self._known = Bars(symbol=self.symbol, timeframe=self.timeframe, **columns)
        return self._known

    @property
    def splits(self) -> list[tuple[int, Fraction]]:
        """The first bar after each split, by index, and how many new shares there are for an old one."""
        return self._splits.within(self.ends)

    @property
    def ends(self) -> NDArray[np.int64]:
        """When they closed."""
        return self._raw["end"].values

    def column(self, name: str, count: int) -> Floats:
        """The first values of a column on the scale of now, those that wait among them."""
        return self._shown[name].room[:count]

    @property
    def scaled(self) -> Bars:
        """All so far, on the scale of now."""
        values = {name: self._shown[name].values for name in VALUES}
        bars = self.bars
        return Bars(symbol=self.symbol, timeframe=self.timeframe, timestamp=bars.timestamp, end=bars.end, **values)

    def add(self, bar: ClosedBar) -> None:
        """One more."""
        self._raw["timestamp"].append(bar.start)
        self._raw["end"].append(bar.end)
        self._add_values((bar.open, bar.high, bar.low, bar.close, bar.volume), bar.end)

    def foresee(self, bars: Sequence[ClosedBar]) -> NDArray[np.int64]:
        """Have bars wait behind those so far, each until it is let in. Returns when all close."""
        ends = [bar.end for bar in bars]
        factors = [self._splits.factor(end) for end in ends] if len(self._splits) else []
        self._raw["timestamp"].foresee(np.array([bar.start for bar in bars], dtype=np.int64))
        for name in VALUES:
            values, raw, shown = [getattr(bar, name) for bar in bars], self._raw[name], self._shown[name]
            raw.foresee(np.array(values, dtype=np.float64))
            if shown is not raw:
                scaled = [
                    value if factor is None else _scaled(value, factor, is_volume=name == "volume")
                    for value, factor in zip(values, factors, strict=True)
                ]
                shown.foresee(np.array(scaled, dtype=np.float64))
        foreseen = self._raw["end"].foresee(np.array(ends, dtype=np.int64))
        self.room = self._rooms()
        return foreseen

    def let_in(self) -> None:
        """Add the first of those that wait."""
        self._known = None
        for raw in self._raw.values():
            raw.let_in()
        for name, shown in self._shown.items():
            if shown is not self._raw[name]:
                shown.let_in()

    def extend(self, bars: Bars) -> None:
        """Some more."""
        for k in range(len(bars)):
            self._raw["timestamp"].append(bars.timestamp[k])
            self._raw["end"].append(bars.end[k])
            self._add_values([getattr(bars, name)[k] for name in VALUES], int(bars.end[k]))

    def _add_values(self, values: Sequence[float], end: int) -> None:
        self._known = None
        factor = self._splits.factor(end) if len(self._splits) else None
        for name, value in zip(VALUES, values, strict=True):
            raw, shown = self._raw[name], self._shown[name]
            raw.append(value)
            if shown is not raw:
                shown.append(value if factor is None else _scaled(value, factor, is_volume=name == "volume"))
        if self._raw["volume"].room is not self.room.volume:
            self.room = self._rooms()

    def rescale(self) -> None:
        """Put the columns on the scale of now."""
        self._shown = {name: self._raw[name] for name in VALUES}
        if len(self._splits):
            for name in VALUES:
                values = self._splits.scaled(self._raw[name].values, self.ends, is_volume=name == "volume")
                self._shown[name] = Growing(values)
