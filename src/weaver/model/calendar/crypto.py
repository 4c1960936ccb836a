"""The trading hours of crypto pairs: always."""

from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.calendar import Buckets, Calendar, ends_before_next, grid, not_after_next
from weaver.model.calendar.stretches import stretches_of
from weaver.model.market.bars import Bool, Int32, Int64
from weaver.model.market.timeframe import DAY, Timeframe, Unit


class CryptoCalendar(Calendar):
    """Around the clock; a session is the UTC day."""

    zone = ZoneInfo("UTC")

    def session_of(self, timestamp: Int64, *, daily: bool) -> Int32:  # noqa: ARG002 - a day's start says the day
        if len(timestamp) < 2 or timestamp[-1] // DAY - timestamp[0] // DAY > len(timestamp):
            return (timestamp // DAY).astype(np.int32)
        # Stamps ascend: where each day begins is found faster than each stamp is divided.
        days = np.arange(timestamp[0] // DAY, timestamp[-1] // DAY + 1, dtype=np.int32)
        begins = np.searchsorted(timestamp, (days[1:].astype(np.int64)) * DAY)
        return np.repeat(days, np.diff(begins, prepend=0, append=len(timestamp)))

    def session_open(self, session: Int32) -> Int64:
        return session.astype(np.int64) * DAY

    def session_close(self, session: Int32) -> Int64:
        return (session.astype(np.int64) + 1) * DAY

    def is_regular(self, start: Int64, end: Int64) -> Bool:  # noqa: ARG002 - always
        return np.ones(len(start), dtype=np.bool_)

    def is_session(self, session: Int32) -> Bool:
        return np.ones(len(session), dtype=np.bool_)

    def bar_end(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        if timeframe.unit is Unit.TIME:
            return ends_before_next(timestamp, timeframe)
        return not_after_next(stretches_of(timestamp // DAY, timeframe)[1] * DAY, timestamp)

    def bar_open(self, timestamp: Int64, timeframe: Timeframe) -> Int64:  # noqa: ARG002 - trading never pauses
        return timestamp

    def open_time(self, instant: Int64) -> Int64:
        return instant

    def buckets(self, timestamp: Int64, end: Int64, source: Timeframe, target: Timeframe) -> Buckets:  # noqa: ARG002
        day = timestamp // DAY
        first, stop_day = stretches_of(day, target) if target.days else (day, day + 1)
        start, stop = grid(timestamp, first * DAY, stop_day * DAY, target)
        return Buckets(keep=np.ones(len(timestamp), dtype=np.bool_), timestamp=start, end=np.maximum(stop, end))
