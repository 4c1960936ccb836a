"""Bars of a timeframe that is not stored, put together from those of a finer one."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from weaver.model.calendar.instants import clamped
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.bars.folder.stored_series import StoredSeries, cut

_MARGIN = 12 * DAY
"""A coarse bar's stamp may lie so far from the bars that it is made of, beside its own (nominal) length: zones,
weekends, and a year that is longer than twelve months of 30 days."""


CorporateActions = Sequence[CorporateAction]


def bars_of(
    series: StoredSeries, timeframe: Timeframe, start: int | None, end: int | None, actions: CorporateActions = ()
) -> Bars:
    """The series' bars with start ≤ stamp < end (ns), or the coarser ones that they make, each on one scale."""
    if series.entry.timeframe == timeframe:
        return series.read(start, end)
    fine = series.read(*_around(timeframe, start, end))
    if not len(fine):
        return Bars(symbol=fine.symbol, timeframe=timeframe, **{name: getattr(fine, name) for name in COLUMNS})
    return cut(_put_together(fine, timeframe, series.entry.instrument, actions), start, end)


def coarser(
    series: StoredSeries, timeframe: Timeframe, start: int | None, end: int | None, actions: CorporateActions = ()
) -> Iterator[Bars]:
    """The same coarser bars in pieces."""
    for piece in resampled(series.each(*_around(timeframe, start, end)), timeframe, series.entry.instrument, actions):
        yield cut(piece, start, end)


def resampled(
    pieces: Iterable[Bars], timeframe: Timeframe, instrument: Instrument, actions: CorporateActions = ()
) -> Iterator[Bars]:
    """The bars of `timeframe` that finer ones, which come in pieces, make: the same as of all of them at once.

    The last coarse bar of each piece waits for the next one, which may have more of it.
    """
    calendar = calendar_of(instrument)
    rest: Bars | None = None
    for piece in pieces:
        rest = bars = piece if rest is None else _joined(rest, piece)
        where = calendar.buckets(bars.timestamp, bars.end, bars.timeframe, timeframe)
        if where.keep.any():
            coarse = _put_together(bars, timeframe, instrument, actions)
            begins = int(np.argmax(where.timestamp == coarse.timestamp[-1]))
            rest = bars.slice(begins, len(bars))
            yield coarse.slice(0, len(coarse) - 1)
    if rest is not None and calendar.buckets(rest.timestamp, rest.end, rest.timeframe, timeframe).keep.any():
        yield _put_together(rest, timeframe, instrument, actions)


def _put_together(bars: Bars, timeframe: Timeframe, instrument: Instrument, actions: CorporateActions) -> Bars:
    splits = splits_at(Listing(instrument=instrument, bars=bars, actions=tuple(actions)))
    return resample(bars, timeframe, calendar_of(instrument), splits=splits)


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
