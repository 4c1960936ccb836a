"""The prices of a live run: bars as they close, coarser ones made of them, and series on both."""

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from weaver.marvin.live.bars import ClosedBar, GrowingBars, Room, Splits
from weaver.marvin.live.clock import LiveClock, LiveTimeline
from weaver.marvin.live.coarse import Coarser
from weaver.marvin.series.feed import COLUMNS, BarSeries, Feed, Floats
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split, ex_day
from weaver.model.market.timeframe import Timeframe


class Row(NamedTuple):
    """The bars of one symbol and timeframe, and when they close."""

    bars: GrowingBars
    line: LiveTimeline

    def close(self) -> None:
        """Let the line have as many ends as there are bars."""
        self.line.ends = self.bars.ends

    def column(self, name: str, _stretch: int) -> Floats:
        """A column as far as the line goes, on the scale of now."""
        return self.bars.column(name, len(self.line.ends))


class LiveFeed(Feed):
    """Series by symbol and timeframe, on bars that are added as they close.

    A coarser bar, made of the run's own as a backtest makes it, enters with the first tick at or after its close.
    """

    def __init__(self, listings: Mapping[str, Listing], clock: LiveClock) -> None:
        super().__init__(listings)
        self._clock = clock
        self._calendars = {symbol: calendar_of(one.instrument) for symbol, one in listings.items()}
        self._splits = {symbol: Splits() for symbol in listings}
        self._known: dict[str, list[Split]] = {symbol: [] for symbol in listings}
        self._rows: dict[str, list[Row]] = {symbol: [] for symbol in listings}
        """By symbol; the run's own timeframe first."""
        self._rooms: dict[BarSeries, GrowingBars] = {}
        self._coarser: list[tuple[Coarser, Row]] = []
        self._waiting = 0
        """How many ticks are foreseen that have not come yet."""
        for symbol, listing in listings.items():
            for action in listing.actions:
                if isinstance(action, Split):
                    self._add_split(symbol, action, listing.bars)
            self.group(symbol)

    def check(self, symbol: str, timeframe: str) -> None:
        """Raise InputError for a symbol or timeframe that is not to be had."""
        asked, own = Timeframe.parse(timeframe), Timeframe.parse(self.group(symbol).timeframe)
        if asked != own and not asked.is_made_of(own):
            raise InputError(f"{symbol}: bars of {own} cannot be put together to {asked}: choose a multiple")

    def add(self, bars: Iterable[ClosedBar]) -> None:
        """Take bars of the run's timeframe that have closed. Raises InputError where one comes out of turn."""
        if self._waiting:
            self._waiting -= 1
            for bar in bars:
                own = self._rows[bar.symbol][0]
                own.bars.let_in()
                own.close()
            return
        for line in self._clock.lines:
            line.foreseen = None
        for bar in bars:
            own = self._row_of(bar.symbol)
            if len(own.line.ends) and bar.end <= own.line.ends[-1]:
                raise InputError(f"{bar.symbol}: a bar that ends at {bar.end} comes after one that ends no earlier")
            own.bars.add(bar)
            own.close()
            if bar.is_missed:
                self._clock.heard = max(self._clock.heard, bar.end)

    def foresee(self, ticks: Sequence[tuple[int, Sequence[ClosedBar]]]) -> None:
        """Know the instants and the bars of the ticks that come next, so that series are computed for all of them at
        once; they show no more than before. To be called when those that were foreseen have come, and only where no
        split comes with any of these. Where a bar is missed, or comes out of turn, nothing is foreseen."""
        newest = [int(own.line.ends[-1]) for own, *_ in self._rows.values() if len(own.line.ends)]
        if not _in_turn(ticks, max([self._clock.now, *newest]), self._rows):
            return
        for symbol, (own, *_) in self._rows.items():
            own.line.foreseen = own.bars.foresee([bar for _, bars in ticks for bar in bars if bar.symbol == symbol])
        for union in self._clock.unions.values():
            union.foresee()
        self._waiting = len(ticks)

    def split(self, symbol: str, split: Split) -> None:
        """Put what came before a split on the scale after it."""
        self._row_of(symbol)
        rows = self._rows[symbol]
        if self._add_split(symbol, split, rows[0].bars.bars):
            for row in rows:
                row.bars.rescale()
                row.line.split()

    def room(self, group: BarSeries) -> Room:
        """Columns in which a group's bars are, at their indices."""
        return self._rooms[group].room

    def _row_of(self, symbol: str) -> Row:
        """The bars of a symbol's own timeframe. Raises InputError."""
        rows = self._rows.get(symbol)
        if rows is None:
            raise InputError(f"symbol {symbol!r} is not in this run; it has {', '.join(self._rows)}")
        return rows[0]

    def close(self) -> None:
        """Let in what has closed by now besides: coarser bars, and the ticks of unions."""
        for coarser, row in self._coarser:
            made = coarser.closed_by(self._clock.now)
            if made is not None:
                row.bars.extend(made)
                row.close()
        for union in self._clock.unions.values():
            union.grow()

    def scaled(self, bars: Bars) -> Bars:
        """Bars from elsewhere, as they were traded, on the scale of now."""
        splits, calendar = Splits(), self._calendars[bars.symbol]
        for split in self._known[bars.symbol]:
            if moment := _moment(bars, split, calendar):
                splits.add(moment, split.ratio)
        return GrowingBars(bars, splits).scaled

    def _add_split(self, symbol: str, split: Split, bars: Bars) -> bool:
        """Whether there are bars from before it."""
        self._known[symbol].append(split)
        moment = _moment(bars, split, self._calendars[symbol])
        if moment is not None:
            self._splits[symbol].add(moment, split.ratio)
        return moment is not None

    def _make(self, listing: Listing, timeframe: Timeframe) -> BarSeries:
        symbol, splits = listing.symbol, self._splits[listing.symbol]
        if timeframe == listing.bars.timeframe:
            row = self._row(GrowingBars(listing.bars, splits))
        else:
            self.check(symbol, str(timeframe))
            own = self._rows[symbol][0].bars
            coarser = Coarser(own, timeframe, self._calendars[symbol], splits)
            row = self._row(GrowingBars(coarser.closed_by(self._clock.now) or coarser.nothing, splits))
            self._coarser.append((coarser, row))
        self._rows[symbol].append(row)
        columns = {name: partial(row.column, name) for name in COLUMNS}
        group = BarSeries(row.bars, row.line, columns)
        self._rooms[group] = row.bars
        return group

    def _row(self, bars: GrowingBars) -> Row:
        name, step = f"{bars.symbol} {bars.timeframe}", bars.timeframe.nanoseconds
        return Row(bars, LiveTimeline(name, bars.ends, clock=self._clock, step=step))


def _in_turn(ticks: Sequence[tuple[int, Sequence[ClosedBar]]], now: int, symbols: Container[str]) -> bool:
    """Whether each tick's bars have closed since the one before it, one of a symbol at the most."""
    for time, bars in ticks:
        if any(bar.is_missed or not now < bar.end <= time or bar.symbol not in symbols for bar in bars):
            return False
        if len({bar.symbol for bar in bars}) < len(bars):
            return False
        now = time
    return True


def _moment(bars: Bars, split: Split, calendar: Calendar) -> int | None:
    """The instant before which bars end that are on the scale before a split; None where there are none."""
    if not len(bars):
        return None
    first = int(np.searchsorted(calendar.last_session_of(bars), ex_day(split)))
    if first == len(bars):
        return int(bars.end[-1]) + 1
    return int(bars.end[first]) if first else None
