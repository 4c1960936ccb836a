"""Bars of a timeframe that is not stored, put together from those of a finer one."""

from collections.abc import Iterable, Iterator

import numpy as np

from weaver.model.bars import COLUMNS, Bars
from weaver.model.calendar import Calendar, calendar_for
from weaver.model.instants import clamped
from weaver.model.resample import resample
from weaver.model.timeframe import DAY, Timeframe
from weaver.walle.stored_series import StoredSeries, cut

_MARGIN = 12 * DAY
"""A coarse bar's stamp may lie so far from the bars that it is made of, beside its own (nominal) length: zones,
weekends, and a year that is longer than twelve months of 30 days."""


def bars_of(series: StoredSeries, timeframe: Timeframe, start: int | None, end: int | None) -> Bars:
    """The series' bars with start ≤ stamp < end (ns), or the coarser ones that they make."""
    if series.entry.timeframe == timeframe:
        return series.read(start, end)
    fine = series.read(*_around(timeframe, start, end))
    if not len(fine):
        return Bars(symbol=fine.symbol, timeframe=timeframe, **{name: getattr(fine, name) for name in COLUMNS})
    return cut(resample(fine, timeframe, calendar_for(series.entry.instrument.asset_class)), start, end)


def coarser(series: StoredSeries, timeframe: Timeframe, start: int | None, end: int | None) -> Iterator[Bars]:
    """The same coarser bars in pieces."""
    calendar = calendar_for(series.entry.instrument.asset_class)
    for piece in resampled(series.each(*_around(timeframe, start, end)), timeframe, calendar):
        yield cut(piece, start, end)


def resampled(pieces: Iterable[Bars], timeframe: Timeframe, calendar: Calendar) -> Iterator[Bars]:
    """The bars of `timeframe` that finer ones, which come in pieces, make: the same as of all of them at once.

    The last coarse bar of each piece waits for the next one, which may have more of it.
    """
    rest: Bars | None = None
    for piece in pieces:
        rest = bars = piece if rest is None else _joined(rest, piece)
        where = calendar.buckets(bars.timestamp, bars.end, bars.timeframe, timeframe)
        if where.keep.any():
            coarse = resample(bars, timeframe, calendar)
            begins = int(np.argmax(where.timestamp == coarse.timestamp[-1]))
            rest = bars.slice(begins, len(bars))
            yield coarse.slice(0, len(coarse) - 1)
    if rest is not None and calendar.buckets(rest.timestamp, rest.end, rest.timeframe, timeframe).keep.any():
        yield resample(rest, timeframe, calendar)


def _around(timeframe: Timeframe, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    """Where the finer bars lie of which the coarse ones with start ≤ stamp < end are made, all of each."""
    length = timeframe.nanoseconds
    return (
        None if start is None else clamped(start - 2 * length - _MARGIN),
        None if end is None else clamped(end + length + _MARGIN),
    )


def _joined(before: Bars, after: Bars) -> Bars:
    columns = {name: np.concatenate([getattr(before, name), getattr(after, name)]) for name in COLUMNS}
    return Bars(symbol=after.symbol, timeframe=after.timeframe, **columns)
