"""Coarser bars from finer ones, without mixing sessions."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.calendar import Calendar
from weaver.model.errors import InputError
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import DAY, Timeframe, Unit


def resample(
    bars: Bars, timeframe: Timeframe, calendar: Calendar, *, splits: Sequence[tuple[int, Fraction]] = ()
) -> Bars:
    """Bars of `timeframe`, a multiple of the given ones'; the same object when it is the same.

    Raises InputError for what is no multiple, and where no bar lies in a regular session, so that there would be none.
    """
    made = put_together(bars, timeframe, calendar, splits=splits)
    if not len(made):
        raise InputError(f"{bars.symbol}: no bar lies in a regular session, so there is nothing to make {timeframe} of")
    return made


def put_together(
    bars: Bars, timeframe: Timeframe, calendar: Calendar, *, splits: Sequence[tuple[int, Fraction]] = ()
) -> Bars:
    """The same, and no bars where there would be none.

    No bar mixes sessions, nor (stocks) pre-market, regular session and after-hours. Daily stock bars come from the
    regular session alone: they close with it, or with a bar that runs on past its close. The grid starts at midnight
    New York (stocks), 00:00 UTC (crypto), 17:00 New York (fx), weeks on Monday, months on the first; a first piece is
    stamped where its segment starts, so that each bar is [timestamp, end).
    `splits`, the indices of the bars before which they take effect and their ratios: a bar that has one within it is on
    the scale after it.
    """
    if timeframe == bars.timeframe:
        return bars
    if not timeframe.is_made_of(bars.timeframe):
        raise InputError(
            f"{bars.symbol}: bars of {bars.timeframe} cannot be put together to {timeframe}: choose a multiple"
            f"{' (weeks and months are made of days, or of what fits into a day)' * (timeframe.unit is not Unit.TIME)}"
        )
    buckets = calendar.buckets(bars.timestamp, bars.end, bars.timeframe, timeframe)
    kept = np.flatnonzero(buckets.keep)
    if not len(kept):
        return replace(bars.slice(0, 0), timeframe=timeframe)
    stamps = buckets.timestamp[kept]
    first = np.flatnonzero(np.diff(stamps, prepend=stamps[0] - 1))
    last = np.append(first[1:], len(stamps)) - 1
    bars = _on_one_scale(bars, kept[first], kept[last], splits)
    return Bars(
        symbol=bars.symbol,
        timeframe=timeframe,
        timestamp=stamps[first],
        end=buckets.end[kept][last],
        open=bars.open[kept][first],
        high=np.maximum.reduceat(bars.high[kept], first),
        low=np.minimum.reduceat(bars.low[kept], first),
        close=bars.close[kept][last],
        volume=np.add.reduceat(bars.volume[kept], first),
    )


def by_calendar(bars: Bars, before: Calendar, calendar: Calendar) -> Bars:
    """The bars as they are by another calendar than the one that they were read by: they end by it, and those of days
    are labelled as it does. The same object where nothing changes."""
    if before is calendar or not len(bars):
        return bars
    timestamp = bars.timestamp
    if bars.timeframe.is_daily:
        session = before.session_of(timestamp, daily=True)
        if calendar.labels_are_dates:
            timestamp = session.astype(np.int64) * DAY
        elif before.labels_are_dates and bars.timeframe.days > 1:
            timestamp = calendar.session_open(session)
    if len(timestamp) > 1 and not (np.diff(timestamp) > 0).all():
        raise InputError(f"{bars.symbol} {bars.timeframe}: two bars would be of one session: import them anew")
    end = calendar.bar_end(timestamp, bars.timeframe)
    if np.array_equal(end, bars.end) and np.array_equal(timestamp, bars.timestamp):
        return bars
    return replace(bars, timestamp=timestamp, end=end)


def _on_one_scale(
    bars: Bars, first: NDArray[np.intp], last: NDArray[np.intp], splits: Sequence[tuple[int, Fraction]]
) -> Bars:
    """Bars of which what precedes a split within the same coarse bar, `first` to `last`, is on the scale after it."""
    for index, ratio in splits:
        group = int(np.searchsorted(last, index))
        if group == len(first) or first[group] >= index:
            continue
        before = slice(int(first[group]), index)
        prices = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
        for column in prices.values():
            column[before] /= float(ratio)
        volume = bars.volume.copy()
        volume[before] *= float(ratio)
        bars = replace(bars, **prices, volume=volume)
    return bars
