"""All the prices that a run's strategy can see, as series on timelines."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.series import Series
from weaver.marvin.series.timeline import EVER, Clock, Timeline
from weaver.model.errors import InputError
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe

COLUMNS = ("open", "high", "low", "close", "volume")
Floats = NDArray[np.float64]


class BarSource(Protocol):
    """Where the bars of one symbol and timeframe are."""

    @property
    def bars(self) -> Bars:
        """All so far."""

    @property
    def splits(self) -> Sequence[tuple[int, Fraction]]:
        """The first bar after each split, by index, and how many new shares there are for an old one."""


class Source(NamedTuple):
    """Bars to which none are added."""

    bars: Bars
    splits: Sequence[tuple[int, Fraction]]


class BarSeries:
    """The series of one symbol and timeframe; `len` counts its bars that have closed."""

    __slots__ = ("_source", "close", "high", "low", "open", "symbol", "timeframe", "timeline", "volume")
    open: Series
    """Opening prices."""
    high: Series
    """Highest prices."""
    low: Series
    """Lowest prices."""
    close: Series
    """Closing prices."""
    volume: Series
    """Volumes; 0 where the data has none."""

    def __init__(self, source: "BarSource", timeline: Timeline, columns: Mapping[str, Callable[[int], Floats]]) -> None:
        """`columns`: by name what gives a column as it looks from within a stretch."""
        self._source, self.timeline = source, timeline
        self.symbol = source.bars.symbol
        """Whose prices they are."""
        self.timeframe = str(source.bars.timeframe)
        """How long a bar is."""
        self.open, self.high, self.low, self.close, self.volume = (self._column(name, columns) for name in COLUMNS)

    def _column(self, name: str, columns: Mapping[str, Callable[[int], Floats]]) -> Series:
        column = Series(f"{self.symbol}.{name}", self.timeline, columns[name])
        column.source = (self.symbol, self.timeframe)
        return column

    @property
    def bars(self) -> Bars:
        """The bars themselves, as they were traded."""
        return self._source.bars

    @property
    def splits(self) -> Sequence[tuple[int, Fraction]]:
        """The first bar after each split, by index, and how many new shares there are for an old one."""
        return self._source.splits

    def __len__(self) -> int:
        return self.timeline.visible


class Feed:
    """Series by symbol and timeframe, made when first asked for."""

    def __init__(self, listings: Mapping[str, Listing]) -> None:
        self._listings = listings
        self._groups: dict[tuple[str, str], BarSeries] = {}

    def group(self, symbol: str, timeframe: str | None = None) -> BarSeries:
        """The series of a symbol, at the run's timeframe unless another is named. Raises InputError."""
        listing = self._listings.get(symbol)
        if listing is None:
            raise InputError(f"symbol {symbol!r} is not in this run; it has {', '.join(self._listings)}")
        own = str(listing.bars.timeframe)
        name = own if timeframe is None else str(Timeframe.parse(timeframe))
        found = self._groups.get((symbol, name))
        if found is None:
            found = self._groups[symbol, name] = self._make(listing, Timeframe.parse(name))
        return found

    def check(self, symbol: str, timeframe: str) -> None:
        """Raise InputError for a symbol or timeframe that is not to be had."""
        self.group(symbol, timeframe)

    def _make(self, listing: Listing, timeframe: Timeframe) -> BarSeries:
        raise NotImplementedError  # pragma: no cover - abstract


class WholeFeed(Feed):
    """Series on bars that are all there, future ones among them.

    `other_bars(symbol, timeframe)` gives the bars of timeframes other than the run's.
    """

    def __init__(
        self, listings: Mapping[str, Listing], clock: Clock, other_bars: Callable[[str, Timeframe], Bars]
    ) -> None:
        super().__init__(listings)
        self._clock, self._other_bars = clock, other_bars
        self.lines: list[Timeline] = []

    def _make(self, listing: Listing, timeframe: Timeframe) -> BarSeries:
        is_own = timeframe == listing.bars.timeframe
        bars = listing.bars if is_own else self._other_bars(listing.bars.symbol, timeframe)
        moments, ratios = split_moments(listing)
        line = self._line(bars, moments)
        columns = {name: _adjusted(getattr(bars, name), line, ratios, name == "volume") for name in COLUMNS}
        splits = tuple(zip(line.breaks[1:], ratios[1:], strict=True))
        return BarSeries(Source(bars, splits), line, columns)

    def _line(self, bars: Bars, moments: tuple[int, ...]) -> Timeline:
        """One timeline for all symbols that share their closing times, so that the clock is searched once a tick."""
        for line in self.lines:
            if line.moments == moments and line.step == bars.timeframe.nanoseconds and _same(line.ends, bars.end):
                return line
        name = f"{bars.symbol} {bars.timeframe}"
        line = Timeline(name, bars.end, clock=self._clock, step=bars.timeframe.nanoseconds, moments=moments)
        self.lines.append(line)
        return line


def split_moments(listing: Listing) -> tuple[tuple[int, ...], tuple[Fraction, ...]]:
    """The instants (ns) from which on splits are known, as the first bar after each closes, led by one before all
    others, and the ratio at each (1 at the first)."""
    ends = listing.bars.end
    found = [(int(ends[index]), ratio) for index, ratio in splits_at(listing)]
    return (EVER, *(moment for moment, _ in found)), (Fraction(1), *(ratio for _, ratio in found))


def _same(a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    return a is b or (len(a) == len(b) and bool(np.array_equal(a, b)))


def _adjusted(
    column: NDArray[np.float64], line: Timeline, ratios: tuple[Fraction, ...], is_volume: bool
) -> Callable[[int], NDArray[np.float64]]:
    """The column as it looks from within a stretch: what came before its splits is on the newest scale."""

    def evaluate(stretch: int) -> NDArray[np.float64]:
        values = column[: line.stretch_end(stretch)]
        if stretch == 0:
            return values
        values = values.copy()
        factor = Fraction(1)
        for k in range(stretch, 0, -1):
            factor *= ratios[k]
            before = slice(line.breaks[k - 1], line.breaks[k])
            if is_volume:
                values[before] *= float(factor)
            else:
                values[before] /= float(factor)
        return values

    return evaluate
