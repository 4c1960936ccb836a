"""The bars of one symbol that have not been told yet, as the finer ones that they are made of."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.veda.exchange.market import LiveBar
from weaver.veda.inputs import InputBar

REMEMBERED = 1000
"""So many finer bars of a symbol are remembered after their tick, by which a second sending is known from a change."""
CLOSES_KEPT = 10_000
"""So many answers of calendars are remembered, for all runs: a few days of minutes."""
Values = tuple[float, float, float, float, float]


class Forming:
    """Finer bars by the closing instant of the bar that they belong to. Each finer bar counts once, as it came last."""

    def __init__(self, instrument: Instrument, timeframe: Timeframe, source: Timeframe) -> None:
        """`source`: the timeframe of what comes, `timeframe` itself or a finer one."""
        self._instrument, self._timeframe, self._source = instrument, timeframe, source
        self._calendar = calendar_of(instrument)
        self._parts: dict[int, dict[int, LiveBar]] = {}
        self._told: OrderedDict[int, Values] = OrderedDict()
        self._splits: list[Split] = []

    def closes(self, bar: LiveBar) -> int | None:
        """When the bar ends that this belongs to; None: it belongs to none, as what lies outside the regular session
        belongs to no daily bar of a stock."""
        if self._source == self._timeframe:
            return bar.end
        return _closes(self._calendar, self._source, self._timeframe, bar.start, bar.end)

    def add(self, bar: LiveBar, closes: int) -> None:
        """It came before its tick was decided."""
        self._parts.setdefault(closes, {})[bar.start] = bar

    def was_told(self, bar: LiveBar) -> bool | None:
        """Whether it was part of a bar that was told: as it is, or (False) with other values; None: it is not known."""
        values = self._told.get(bar.start)
        return None if values is None else values == _values(bar)

    def split(self, ratio: Fraction, ex_date: date) -> None:
        """Bars from a day on are on another scale: what is older and goes into one bar with them is put on it."""
        split = Split(ex_date=ex_date, ratio=ratio)
        if split not in self._splits:
            self._splits.append(split)

    def take(self, closes: int) -> InputBar | None:
        """The bar that ends at an instant, made of all that came; None: nothing did."""
        parts = self._parts.pop(closes, None)
        if parts is None:
            return None
        ordered = [parts[start] for start in sorted(parts)]
        for part in ordered:
            self._told[part.start] = _values(part)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        return self._made(ordered)

    def _made(self, parts: list[LiveBar]) -> InputBar:
        if self._source == self._timeframe:
            (bar,) = parts
            return input_bar(bar)
        bars = bars_of(parts, self._source)
        listing = Listing(instrument=self._instrument, bars=bars, actions=tuple(self._splits))
        (made,) = input_bars(put_together(bars, self._timeframe, self._calendar, splits=splits_at(listing)))
        return made


@lru_cache(maxsize=CLOSES_KEPT)
def _closes(calendar: Calendar, source: Timeframe, timeframe: Timeframe, start: int, end: int) -> int | None:
    """When the bar ends that a finer one belongs to; None: it belongs to none. All runs that are given a minute ask the
    same, and a calendar answers for columns, of which one row costs as much as a hundred."""
    found = calendar.buckets(np.array([start], np.int64), np.array([end], np.int64), source, timeframe)
    return int(found.end[0]) if found.keep[0] else None


def bars_of(parts: list[LiveBar], timeframe: Timeframe) -> Bars:
    """Bars of one symbol as columns."""
    instants = np.array([(part.start, part.end) for part in parts], dtype=np.int64).T
    values = np.array([_values(part) for part in parts], dtype=np.float64).T
    names = ("open", "high", "low", "close", "volume")
    return Bars(
        symbol=parts[0].symbol,
        timeframe=timeframe,
        timestamp=instants[0],
        end=instants[1],
        **dict(zip(names, values, strict=True)),
    )


def input_bar(bar: LiveBar) -> InputBar:
    """A bar of the run's timeframe as an input."""
    return InputBar(
        symbol=bar.symbol,
        start=bar.start,
        end=bar.end,
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume=bar.volume,
    )


def input_bars(bars: Bars, *, is_missed: bool = False) -> Iterable[InputBar]:
    """The same of columns."""
    columns = (bars.timestamp, bars.end, bars.open, bars.high, bars.low, bars.close, bars.volume)
    for start, end, open_, high, low, close, volume in zip(*(column.tolist() for column in columns), strict=True):
        yield InputBar(
            symbol=bars.symbol, start=start, end=end, open=open_, high=high, low=low, close=close, volume=volume,
            is_missed=is_missed,
        )  # fmt: skip


def _values(bar: LiveBar) -> Values:
    return bar.open, bar.high, bar.low, bar.close, bar.volume
