"""When the bars of a timeframe end, by a calendar."""

from functools import lru_cache
from itertools import count

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import HOUR, MINUTE, Timeframe

_SESSION_LONGEST = 25 * HOUR
_SESSIONS_CACHED = 64


class BarEnds:
    """The bar ends of every regular session: exactly those that resampling its one-minute bars gives.

    Stocks: New York's wall clock, cut at the open and the close (also an early one); crypto: the UTC day; fx: 17:00 to
    17:00 New York, Monday to Friday. Times outside the years 1900 to 2100 raise InputError.
    """

    def __init__(self, *, calendar: Calendar, timeframe: Timeframe) -> None:
        self._calendar, self._timeframe = calendar, timeframe
        self._ends_of = lru_cache(maxsize=_SESSIONS_CACHED)(self._session_ends)

    @property
    def spacing(self) -> int:
        """The timeframe's length (ns)."""
        return self._timeframe.nanoseconds

    def after(self, instant: int) -> int:
        """The first bar end past `instant` (ns)."""
        return next(
            int(ends[place])
            for session in count(self._session(instant))
            if (place := np.searchsorted(ends := self._ends_of(session), instant, side="right")) < len(ends)
        )

    def newest(self, count: int, *, after: int, until: int) -> list[int]:
        """The last `count` of the bar ends with after < end ≤ until (ns), oldest first."""
        found: set[int] = set()
        for session in range(self._session(until), self._session(after) - self._timeframe.days - 1, -1):
            ends = self._ends_of(session)
            found.update(ends[(ends > after) & (ends <= until)].tolist())
            if len(found) >= count:
                break
        return sorted(found)[-count:]

    def _session(self, instant: int) -> int:
        return int(self._calendar.session_of(np.array([instant], dtype=np.int64), daily=False)[0])

    def _session_ends(self, session: int) -> Int64:
        """The ends, in order, of the bars that have a minute of this session; none where there is no session."""
        day = np.array([session], dtype=np.int32)
        if not self._calendar.is_session(day)[0]:
            return np.empty(0, dtype=np.int64)
        close = int(self._calendar.session_close(day)[0])
        minutes = np.arange(close - _SESSION_LONGEST, close, MINUTE, dtype=np.int64)
        ours = self._calendar.session_of(minutes, daily=False) == session
        minutes = minutes[ours & self._calendar.is_regular(minutes, minutes + MINUTE)]
        return np.unique(self._calendar.buckets(minutes, minutes + MINUTE, Timeframe(MINUTE), self._timeframe).end)
