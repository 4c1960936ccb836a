"""Where bars are missing that the calendar expects."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.calendar import Calendar, Gaps
from weaver.model.calendar.stretches import stretches_of
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import DAY, Unit

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of trading time without a bar: from `start` on, before `end` (ns UTC); `missing`: bars, or sessions of
    a daily or coarser series."""

    start: int
    end: int
    missing: int


def gaps_of(bars: Bars, calendar: Calendar) -> list[Gap]:
    """All of them, in order of time."""
    if not len(bars):
        return []
    if bars.timeframe.is_daily:
        return _of_days(bars, calendar)
    found = calendar.gaps(bars.timestamp, bars.end, bars.timeframe)
    rows = zip(begins(found, calendar).tolist(), found.stop.tolist(), found.missing.tolist(), strict=True)
    return [Gap(start=start, end=end, missing=missing) for start, end, missing in rows]


def missing_bars(bars: Bars, calendar: Calendar) -> int:
    """How many bars the calendar expects between the first and the last, and that are not there."""
    if not len(bars):
        return 0
    if bars.timeframe.is_daily:
        missing, timeframe = missing_days(bars, calendar), bars.timeframe
        if timeframe.unit is not Unit.TIME:
            return len(np.unique(stretches_of(missing.astype(np.int64), timeframe)[0]))
        return len(missing) // timeframe.days
    return int(calendar.gaps(bars.timestamp, bars.end, bars.timeframe).missing.sum())


def missing_days(bars: Bars, calendar: Calendar) -> Int32:
    """The sessions of daily or coarser bars that none of them covers, as days since 1970."""
    first, last = calendar.session_of(bars.timestamp, daily=True), calendar.last_session_of(bars)
    days = np.arange(first[0], last[-1] + 1, dtype=np.int32)
    covered = days <= last[np.searchsorted(first, days, side="right") - 1]
    return calendar.missing_sessions(int(first[0]), int(last[-1]), days[covered])


def begins(gaps: Gaps, calendar: Calendar) -> Int64:
    """When the first bar of each gap would have begun: a gap after a close begins where trading goes on."""
    before = calendar.open_time(gaps.start)
    closed, opened = gaps.start, gaps.stop
    while (opened - closed > 1).any():
        middle = (closed + opened) // 2
        is_open = calendar.open_time(middle) > before
        opened, closed = np.where(is_open, middle, opened), np.where(is_open, closed, middle)
    return closed


def _of_days(bars: Bars, calendar: Calendar) -> list[Gap]:
    """Days between the same two bars are one gap."""
    missing = missing_days(bars, calendar)
    after = np.searchsorted(calendar.session_of(bars.timestamp, daily=True), missing)
    parts = np.split(missing, np.flatnonzero(np.diff(after)) + 1)
    return [
        Gap(start=int(days[0]) * DAY, end=(int(days[-1]) + 1) * DAY, missing=len(days)) for days in parts if len(days)
    ]
