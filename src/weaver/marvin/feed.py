"""All the prices that a run's strategy can see, as series on timelines."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series import Series
from weaver.marvin.timeline import Clock, Timeline
from weaver.model.bars import Bars
from weaver.model.calendar import calendar_for
from weaver.model.corporate_actions import Split
from weaver.model.errors import InputError
from weaver.model.listing import Listing
from weaver.model.timeframe import Timeframe

COLUMNS = ("open", "high", "low", "close", "volume")


class BarSeries:
    """The series of one symbol and timeframe: `open`, `high`, `low`, `close`, `volume`."""

    __slots__ = ("bars", "close", "high", "low", "open", "timeline", "volume")

    def __init__(self, bars: Bars, timeline: Timeline, columns: Mapping[str, Series]) -> None:
        self.bars, self.timeline = bars, timeline
        self.open, self.high, self.low = columns["open"], columns["high"], columns["low"]
        self.close, self.volume = columns["close"], columns["volume"]

    @property
    def symbol(self) -> str:
        """Whose prices they are."""
        return self.bars.symbol

    @property
    def timeframe(self) -> str:
        """How long a bar is."""
        return str(self.bars.timeframe)

    def __len__(self) -> int:
        return self.timeline.visible


class Feed:
    """Series by symbol and timeframe, made when first asked for.

    `other_bars(symbol, timeframe)` gives the bars of timeframes other than the run's.
    """

    def __init__(
        self, listings: Mapping[str, Listing], clock: Clock, other_bars: Callable[[str, Timeframe], Bars]
    ) -> None:
        self._listings, self._clock, self._other_bars = listings, clock, other_bars
        self._groups: dict[tuple[str, str], BarSeries] = {}
        self.lines: list[Timeline] = []

    def group(self, symbol: str, timeframe: str | None = None) -> BarSeries:
        """The series of a symbol, at the run's timeframe unless another is named. Raises InputError."""
        listing = self._listings.get(symbol)
        if listing is None:
            raise InputError(f"symbol {symbol!r} is not in this run; it has {', '.join(self._listings)}")
        own = str(listing.bars.timeframe)
        name = own if timeframe is None else str(Timeframe.parse(timeframe))
        found = self._groups.get((symbol, name))
        if found is None:
            bars = listing.bars if name == own else self._other_bars(symbol, Timeframe.parse(name))
            found = self._groups[symbol, name] = self._make(bars, listing)
        return found

    def _make(self, bars: Bars, listing: Listing) -> BarSeries:
        breaks, ratios = split_breaks(bars, listing)
        line = self._line(bars, breaks)
        columns = {
            name: Series(f"{bars.symbol}.{name}", line, _adjusted(getattr(bars, name), line, ratios, name == "volume"))
            for name in COLUMNS
        }
        for column in columns.values():
            column.source = (bars.symbol, str(bars.timeframe))
        return BarSeries(bars, line, columns)

    def _line(self, bars: Bars, breaks: tuple[int, ...]) -> Timeline:
        """One timeline for all symbols that share their closing times, so that the clock is searched once a tick."""
        for line in self.lines:
            if line.breaks == breaks and line.step == bars.timeframe.nanoseconds and _same(line.ends, bars.end):
                return line
        name = f"{bars.symbol} {bars.timeframe}"
        line = Timeline(name, bars.end, clock=self._clock, step=bars.timeframe.nanoseconds, breaks=breaks)
        self.lines.append(line)
        return line


def split_breaks(bars: Bars, listing: Listing) -> tuple[tuple[int, ...], tuple[Fraction, ...]]:
    """The indices at which splits take effect on these bars, led by 0, and the ratio at each (1 at the first)."""
    splits = [action for action in listing.actions if isinstance(action, Split)]
    if not splits or not len(bars):
        return (0,), (Fraction(1),)
    sessions = calendar_for(listing.instrument.asset_class).session_of(bars.timestamp, daily=bars.timeframe.is_daily)
    found: dict[int, Fraction] = {}
    for split in splits:
        day = (np.datetime64(split.ex_date, "D") - np.datetime64(0, "D")).astype(int)
        at = int(np.searchsorted(sessions, day))
        if 0 < at < len(bars):
            found[at] = found.get(at, Fraction(1)) * Fraction(split.ratio)
    return (0, *sorted(found)), (Fraction(1), *(found[at] for at in sorted(found)))


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
