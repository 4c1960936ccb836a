"""The trading hours of currency pairs: the week from Sunday to Friday evening, New York."""

from functools import lru_cache

import numpy as np

from weaver.model.calendar.calendar import Buckets, Calendar, day_groups, ends_before_next, grid, last_sessions
from weaver.model.calendar.days import new_york
from weaver.model.calendar.stretches import MONDAY
from weaver.model.market.bars import Bool, Int32, Int64
from weaver.model.market.timeframe import DAY, Timeframe


class FxCalendar(Calendar):
    """From Sunday 17:00 to Friday 17:00 New York; a session runs from 17:00 to 17:00 and has the date of its close."""

    def session_of(self, timestamp: Int64, *, daily: bool) -> Int32:  # noqa: ARG002 - the next 17:00 either way
        return new_york.closing_day(timestamp).astype(np.int32)

    def session_open(self, session: Int32) -> Int64:
        return self.session_close(session - np.int32(1))

    def session_close(self, session: Int32) -> Int64:
        return new_york.wall_clock(17)[new_york.index_of(session.astype(np.int64))]

    def is_regular(self, start: Int64, end: Int64) -> Bool:
        return _is_weekday(new_york.closing_day(start)) | _is_weekday(new_york.closing_day(end - 1))

    def is_session(self, session: Int32) -> Bool:
        return _is_weekday(session)

    def bar_end(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        session = self.session_of(timestamp, daily=timeframe.is_daily)
        if timeframe.is_daily:
            return self.session_close(last_sessions(self, session, timeframe))
        end = ends_before_next(timestamp, timeframe)
        week_end = self.session_close(session)
        following = np.append(timestamp[1:], np.iinfo(np.int64).max)
        # The source may stamp on a UTC grid across 17:00: such a bar is cut only where no trading follows.
        last = ((session - MONDAY) % 7 == 4) & (end > week_end) & (following >= week_end + DAY)
        return np.where(last, week_end, end)

    def open_time(self, instant: Int64) -> Int64:
        session = new_york.closing_day(instant)
        cuts, elapsed = _fx_open_time()
        index = new_york.index_of(session)
        total: Int64 = elapsed[index] + np.where(_is_weekday(session), instant - cuts[index - 1], 0)
        return total

    def buckets(self, timestamp: Int64, end: Int64, source: Timeframe, target: Timeframe) -> Buckets:
        session = self.session_of(timestamp, daily=source.is_daily).astype(np.int64)
        first, last = day_groups(self, session, target)
        opened = self.session_open(first.astype(np.int32))
        start, stop = grid(timestamp, opened, self.session_close(last.astype(np.int32)), target)
        return Buckets(keep=np.ones(len(timestamp), dtype=np.bool_), timestamp=start, end=np.maximum(stop, end))


def _is_weekday(day: Int64 | Int32) -> Bool:
    return (day - MONDAY) % 7 < 5


@lru_cache(maxsize=1)
def _fx_open_time() -> tuple[Int64, Int64]:
    """17:00 New York of each day, and the trading time before the session that closes then starts."""
    cuts = new_york.wall_clock(17)
    days = np.arange(new_york.FIRST_DAY, new_york.STOP_DAY)
    lengths = np.diff(cuts, prepend=cuts[0] - DAY) * _is_weekday(days)
    return cuts, np.cumsum(lengths) - lengths
