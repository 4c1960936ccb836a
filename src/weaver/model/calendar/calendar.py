"""What a calendar can say: sessions, their closes, and where bars end. Everything works on whole columns.

Times are int64 ns since the epoch (UTC), sessions int32 days since the epoch.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.stretches import MONDAY, SESSIONS_A_WEEK, stretches_of
from weaver.model.market.bars import Bars, Bool, Int32, Int64
from weaver.model.market.timeframe import DAY, Timeframe, Unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """Stretches of trading time without a bar; n values each.

    start, stop: int64 ns, between two bars; missing: int64, bars that would have fitted in.
    """

    start: Int64
    stop: Int64
    missing: Int64

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Buckets:
    """For each bar of a finer timeframe: whether it counts, and the stamp and closing instant of its coarser bar."""

    keep: Bool
    timestamp: Int64
    end: Int64


class Calendar(ABC):
    """The trading hours of an asset class or an exchange. Every method raises InputError for times outside the years
    1900-2100."""

    name: str | None = None
    """Of an exchange that had to be named; None: those of an asset class."""
    zone = ZoneInfo("America/New_York")
    """Whose clocks it goes by."""
    labels_are_dates = False
    """Whether a daily bar's stamp is its session's date at 00:00 UTC, wherever its session begins."""
    is_always_open = True
    """Whether there is no bar outside its hours."""

    @abstractmethod
    def session_of(self, timestamp: Int64, *, daily: bool) -> Int32:
        """The session of each bar, from its start stamp; `daily` tells bars of whole sessions from intraday ones."""

    @abstractmethod
    def session_open(self, session: Int32) -> Int64:
        """The opening instant of each session; a stock session that never was opens at 9:30 New York."""

    @abstractmethod
    def session_close(self, session: Int32) -> Int64:
        """The closing instant of each session; a stock session that never was closes at 16:00 New York."""

    def extended_open(self, session: Int32) -> Int64:
        """The beginning of extended trading: 04:00 New York for stocks, of the day at other exchanges, else the
        session's open. What companies do to their shares on a day has been done by then."""
        return self.session_open(session)

    def extended_close(self, session: Int32) -> Int64:
        """The end of extended trading: 20:00 New York for stocks, the end of the day at other exchanges, else the
        session's close."""
        return self.session_close(session)

    def session_end(self, day: date, *, extended_hours: bool) -> int:
        """When the session of a date is over for an order, ns; on a day without one, when one would be."""
        session = np.array([day], dtype="datetime64[D]").astype(np.int32)
        return int((self.extended_close(session) if extended_hours else self.session_close(session))[0])

    @abstractmethod
    def is_regular(self, start: Int64, end: Int64) -> Bool:
        """Which bars [start, end) overlap the regular session."""

    @abstractmethod
    def is_session(self, session: Int32) -> Bool:
        """Which days are trading days; True where nothing is known (stocks outside the table's years)."""

    @abstractmethod
    def bar_end(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        """The closing instant of each bar, from all start stamps in strictly rising order; strictly rising itself.

        A bar ends `timeframe` after its start, but never after the next bar's start, and a last bar before trading
        stops ends when it stops. Daily bars end at their session's close, those of weeks and months at the close of the
        last session of the week or month in which they are stamped.
        """

    def bar_open(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        """The instant at which each bar opens: its start stamp; of daily bars, the open of the first session in it."""
        if not timeframe.is_daily:
            return timestamp
        session = self.session_of(timestamp, daily=True)
        return self.session_open(first_sessions(self, session, timeframe))

    def last_session_of(self, bars: Bars) -> Int32:
        """The session of each bar; of several, the last."""
        if bars.timeframe.days <= 1:
            return self.session_of(bars.timestamp, daily=bars.timeframe.is_daily)
        return self.session_of(bars.end - 1, daily=False)

    def sessionless(self, timestamp: Int64) -> Bool:
        """Which daily bars stand on days without a session (fillers on exchange holidays)."""
        return ~self.is_session(self.session_of(timestamp, daily=True))

    def expected_sessions(self, first: int, last: int) -> Int32:
        """The trading days from `first` to `last` (days since the epoch, both included)."""
        days = np.arange(first, last + 1, dtype=np.int32)
        return days[self.is_session(days)]

    def usual_sessions(self, first: int, last: int) -> Int32:
        """The same for counting: where the trading days are not known, weekdays."""
        return self.expected_sessions(first, last)

    def missing_sessions(self, first: int, last: int, have: Int32) -> Int32:
        """The trading days from `first` to `last` (both included) that are not in `have`."""
        return np.setdiff1d(self.expected_sessions(first, last), have)

    @abstractmethod
    def open_time(self, instant: Int64) -> Int64:
        """Regular trading time (ns) from some fixed origin to each instant: differences are what matters."""

    def gaps(self, timestamp: Int64, end: Int64, timeframe: Timeframe) -> Gaps:
        """Where trading time passed between two neighbouring intraday bars."""
        start, stop = end[:-1], timestamp[1:]
        apart = np.flatnonzero(stop > start)
        start, stop = start[apart], stop[apart]
        missed = self.open_time(stop) - self.open_time(start)
        real = missed > 0
        missing: Int64 = -(-missed[real] // timeframe.nanoseconds)
        return Gaps(start=start[real], stop=stop[real], missing=missing)

    @abstractmethod
    def buckets(self, timestamp: Int64, end: Int64, source: Timeframe, target: Timeframe) -> Buckets:
        """Where each bar of `source` belongs in `target`, a multiple of it; sessions and segments are not mixed."""


class SegmentedCalendar(Calendar):
    """Of an exchange whose days have a regular session, and trading before and after it."""

    def buckets(self, timestamp: Int64, end: Int64, source: Timeframe, target: Timeframe) -> Buckets:
        """As Calendar.buckets. A day with a bar across its close is known when that bar has ended."""
        session = self.session_of(timestamp, daily=source.is_daily).astype(np.int64)
        if target.is_daily:
            first, last = day_groups(self, session, target)
            keep = np.ones(len(session), dtype=np.bool_) if source.is_daily else self.is_regular(timestamp, end)
            close = self.session_close(last.astype(np.int32))
            return Buckets(keep=keep, timestamp=first * DAY, end=np.where(keep, np.maximum(close, end), close))
        return self._segments(timestamp, end, session, target)

    @abstractmethod
    def _segments(self, timestamp: Int64, end: Int64, session: Int64, target: Timeframe) -> Buckets:
        """The same within a day: a grid that is cut where a segment of it begins or ends."""


def ends_before_next(timestamp: Int64, timeframe: Timeframe) -> Int64:
    """Start plus `timeframe`, or the next bar's start where that comes first: bars do not overlap."""
    return not_after_next(timestamp + timeframe.nanoseconds, timestamp)


def not_after_next(end: Int64, timestamp: Int64) -> Int64:
    """`end` itself, cut at the next bar's start."""
    np.minimum(end[:-1], timestamp[1:], out=end[:-1])
    return end


def first_sessions(calendar: Calendar, session: Int32, timeframe: Timeframe) -> Int32:
    """The first session that each daily bar covers: its own, or the first trading day within a bar of several days."""
    if timeframe.days == 1 or not len(session):
        return session
    known = calendar.expected_sessions(int(session.min()), int(session.max()) + timeframe.days - 1)
    known = np.append(known, np.iinfo(np.int32).max)
    following = known[np.searchsorted(known, session)]
    return np.where(following < session + timeframe.days, following, session).astype(np.int32)


def last_sessions(calendar: Calendar, session: Int32, timeframe: Timeframe) -> Int32:
    """The last session that each daily bar covers: its own, or the last trading day within a bar of several days."""
    if timeframe.days == 1 or not len(session):
        return session
    day = session.astype(np.int64)
    if timeframe.unit is Unit.TIME:
        stop = _days_stop(calendar, day, timeframe.days)
    else:
        stop = not_after_next(stretches_of(day, timeframe)[1], day)
    return np.maximum(_last_before(calendar, stop), session).astype(np.int32)


def _days_stop(calendar: Calendar, day: Int64, days: int) -> Int64:
    """The day after the last that each bar of several days may reach into.

    Whether `days` were counted as days or as sessions cannot be seen, so the later holds, unless all bars begin where
    weeks do. A next bar that begins late, but before another would fit in, ends the one before: it ran on until then.
    """
    sessions = days if days < SESSIONS_A_WEEK else -(-days * SESSIONS_A_WEEK // 7)
    known = _trading_days(calendar, int(day.min()), int(day.max()) + 2 * days + 15)
    counted = known[np.searchsorted(known, day) + sessions]
    are_weeks = days % 7 == 0 and not ((day - MONDAY) % 7).any()
    stop: Int64 = day + days if are_weeks else np.maximum(day + days, counted)
    following = day[1:]
    stop[:-1] = np.where(following < day[:-1] + 2 * days, following, np.minimum(stop[:-1], following))
    return stop


def day_groups(calendar: Calendar, session: Int64, target: Timeframe) -> tuple[Int64, Int64]:
    """First and last session of the days that `target` puts together; the session itself for a day or less.

    The first is the first that there is among the given ones, the last the calendar's last trading day of the group.
    A bar on a day without trading counts to the next trading day: its own group may have closed by then, and nothing
    that comes later changes when it did.
    """
    if target.days <= 1 or not len(session):
        return session, session
    session = _trading_day_from(calendar, session)
    group, stop = stretches_of(session, target)
    starts = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    first = np.repeat(session[starts], np.diff(starts, append=len(group)))
    return first, np.maximum(_last_before(calendar, stop), session)


def _trading_day_from(calendar: Calendar, day: Int64) -> Int64:
    """Each day itself, or the next one with trading."""
    known = _trading_days(calendar, int(day.min()), int(day.max()) + 15)
    return known[np.searchsorted(known, day)]


def _last_before(calendar: Calendar, day: Int64) -> Int64:
    """The last trading day before each day."""
    if not len(day):
        return day
    known = _trading_days(calendar, int(day.min()) - 15, int(day.max()) - 1)
    return known[np.searchsorted(known, day) - 1]


def _trading_days(calendar: Calendar, first: int, last: int) -> Int64:
    """The days on which there may be trading, expected or not: what may still trade has not closed."""
    days = np.arange(first, last + 1)
    return days[calendar.is_session(days.astype(np.int32))]


def grid(timestamp: Int64, first: Int64, last: Int64, target: Timeframe) -> tuple[Int64, Int64]:
    """Start and stop of the grid cell of each bar, counted from `first` and cut at `last`; one cell for whole days."""
    if target.is_daily:
        return first, last
    start = first + (timestamp - first) // target.nanoseconds * target.nanoseconds
    return np.maximum(start, first), np.minimum(start + target.nanoseconds, last)
