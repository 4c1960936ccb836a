"""The trading hours of any exchange of which the sessions are known."""

from dataclasses import dataclass

import numpy as np

from weaver.model.calendar.calendar import Buckets, SegmentedCalendar, ends_before_next, grid, last_sessions
from weaver.model.calendar.days.clocks import WallClock, wall_clock_of
from weaver.model.calendar.days.exchange_days import ExchangeDays
from weaver.model.calendar.days.new_york import FIRST_DAY, STOP_DAY, index_of
from weaver.model.calendar.stretches import MONDAY, SESSIONS_A_WEEK
from weaver.model.market.bars import Bool, Int32, Int64
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe

NEVER = np.iinfo(np.int64).min
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """One row per day of new_york's tables; instants in ns. Days without a session have usual hours, flagged."""

    is_session: Bool
    is_expected: Bool
    """Sessions of the years that are known; elsewhere each day counts, and none is missed."""
    begin: Int64
    """When the day begins: at midnight of the exchange's clocks, or where sessions open the day before when they do."""
    open: Int64
    break_start: Int64
    break_end: Int64
    """Of the break at midday; both the close where there is none."""
    close: Int64
    regular_close: Int64
    """As `close`, but NEVER on days without a session, so that nothing comes before it."""
    elapsed: Int64
    """Regular trading time before the day (ns)."""


class ExchangeCalendar(SegmentedCalendar):
    """Sessions of one exchange. A daily bar's stamp is its session's date at 00:00 UTC; intraday bars belong to the
    exchange's date, or where sessions open the evening before to the session that is on or comes next."""

    labels_are_dates = True
    is_always_open = False

    def __init__(self, days: ExchangeDays) -> None:
        self.name, self.zone = days.name, days.zone
        self._table = _table_of(days)

    def session_of(self, timestamp: Int64, *, daily: bool) -> Int32:
        return (timestamp // DAY if daily else self._day(timestamp)).astype(np.int32)

    def session_open(self, session: Int32) -> Int64:
        return self._table.open[index_of(session.astype(np.int64))]

    def session_close(self, session: Int32) -> Int64:
        return self._table.close[index_of(session.astype(np.int64))]

    def extended_open(self, session: Int32) -> Int64:
        """When its day begins, on the exchange's clocks or, where that is before, with its session."""
        return self._table.begin[index_of(session.astype(np.int64))]

    def extended_close(self, session: Int32) -> Int64:
        """When its day ends: which of the hours outside a session are traded is not known, so any may be."""
        return self._table.begin[index_of(session.astype(np.int64)) + 1]

    def is_regular(self, start: Int64, end: Int64) -> Bool:
        """As Calendar.is_regular. A bar that lies in the break at midday is none."""
        first, last = self._day(start), self._day(end - 1)
        found = self._overlaps(first, start, end)
        return found if np.array_equal(first, last) else found | self._overlaps(last, start, end)

    def _overlaps(self, day: Int64, start: Int64, end: Int64) -> Bool:
        """Which bars overlap the session of a day, its break left out."""
        table, index = self._table, index_of(day)
        opens, closes = table.open[index], table.regular_close[index]
        is_before = (start < np.minimum(table.break_start[index], closes)) & (end > opens)
        return is_before | ((start < closes) & (end > table.break_end[index]))

    def is_session(self, session: Int32) -> Bool:
        return self._table.is_session[index_of(session.astype(np.int64))]

    def usual_sessions(self, first: int, last: int) -> Int32:
        days = self.expected_sessions(first, last)
        known = self._table.is_expected[index_of(days.astype(np.int64))]
        return days[known | ((days - MONDAY) % 7 < SESSIONS_A_WEEK)]

    def missing_sessions(self, first: int, last: int, have: Int32) -> Int32:
        days = np.arange(first, last + 1, dtype=np.int32)
        return np.setdiff1d(days[self._table.is_expected[index_of(days.astype(np.int64))]], have)

    def bar_end(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        """As Calendar.bar_end. A bar across the close is cut there if nothing else trades that day, one across the
        beginning of the break if no bar lies within that; else they are left whole."""
        if timeframe.is_daily:
            return self.session_close(last_sessions(self, self.session_of(timestamp, daily=True), timeframe))
        end = ends_before_next(timestamp, timeframe)
        table, day = self._table, self._day(timestamp)
        index = index_of(day)
        breaks, resumes = table.break_start[index], table.break_end[index]
        following = np.append(timestamp[1:], np.iinfo(np.int64).max - timeframe.nanoseconds)
        is_split = (timestamp < breaks) & (end > breaks) & (following + timeframe.nanoseconds > resumes)
        end = np.where(is_split & table.is_session[index] & (resumes > breaks), breaks, end)
        limit = np.where(timestamp < table.regular_close[index], table.close[index], table.begin[index + 1])
        is_last = np.append(day[1:] != day[:-1], True)[: len(day)]
        return np.where(is_last & (end > limit), limit, end)

    def open_time(self, instant: Int64) -> Int64:
        table, index = self._table, index_of(self._day(instant))
        opens, breaks, resumes = table.open[index], table.break_start[index], table.break_end[index]
        within = np.clip(instant, opens, table.close[index]) - opens
        within -= np.clip(instant, breaks, resumes) - breaks
        total: Int64 = table.elapsed[index] + np.where(table.is_expected[index], within, 0)
        return total

    def _segments(self, timestamp: Int64, end: Int64, session: Int64, target: Timeframe) -> Buckets:
        """A grid from when the day begins, cut at the open, around the break, and at the close."""
        table, index = self._table, index_of(session)
        begins, opens, closes, stop = (
            table.begin[index], table.open[index], table.close[index], table.begin[index + 1],
        )  # fmt: skip
        breaks, resumes, is_session = table.break_start[index], table.break_end[index], table.is_session[index]
        first_half = is_session & (timestamp < breaks) & (end > opens)
        second_half = is_session & ~first_half & (timestamp < closes) & (end > resumes)
        outside = is_session & ~first_half & ~second_half
        midday = outside & (timestamp >= breaks) & (timestamp < resumes)
        after = outside & ~midday & (timestamp >= closes)
        kinds = [first_half, second_half, midday, after]
        begun = np.select(kinds[:2], [np.maximum(timestamp, opens), np.maximum(timestamp, resumes)], timestamp)
        first = np.select(kinds, [opens, resumes, breaks, closes], begins)
        last = np.select([*kinds, is_session], [breaks, closes, resumes, stop, opens], stop)
        start, stop = grid(begun, begins, last, target)
        keep = np.ones(len(timestamp), dtype=np.bool_)
        return Buckets(keep=keep, timestamp=np.maximum(start, first), end=np.maximum(stop, end))

    def _day(self, instant: Int64) -> Int64:
        """The day that each instant lies in, since the epoch. Raises InputError outside 1900-2100."""
        index_of(instant // DAY)
        return np.searchsorted(self._table.begin, instant, side="right") - 1 + FIRST_DAY


def _table_of(days: ExchangeDays) -> _Table:
    clock, every = wall_clock_of(days.zone), np.arange(FIRST_DAY, STOP_DAY)
    rows = days.session - FIRST_DAY
    is_known = (every >= days.first) & (every <= days.last)
    is_expected = np.zeros(len(every), dtype=np.bool_)
    is_expected[rows] = True
    opens, closes = _usual(clock, days.session, days.open), _usual(clock, days.session, days.close)
    midnight = clock.instants(0)
    begin = opens.copy() if bool((days.open < midnight[rows]).all()) else midnight
    opens[rows], closes[rows] = days.open, days.close
    break_start, break_end = closes.copy(), closes.copy()
    break_start[rows], break_end[rows] = days.break_start, days.break_end
    is_session = ~is_known | is_expected
    lengths = np.where(is_expected, closes - opens - (break_end - break_start), 0)
    return _Table(
        is_session=is_session,
        is_expected=is_expected,
        begin=np.minimum(begin, opens),
        open=opens,
        break_start=break_start,
        break_end=break_end,
        close=closes,
        regular_close=np.where(is_session, closes, NEVER),
        elapsed=np.cumsum(lengths) - lengths,
    )


def _usual(clock: WallClock, session: Int64, instant: Int64) -> Int64:
    """For each day the instant at which the clocks show what they mostly showed at those of its year's sessions."""
    shown = (instant + clock.offset(instant) - session * DAY) // MINUTE
    years = _years(session)
    known = np.unique(years)
    usual = np.array([_most_common(shown[years == year]) for year in known.tolist()])
    row = np.clip(np.searchsorted(known, _years(np.arange(FIRST_DAY, STOP_DAY))), 0, len(known) - 1)
    found = np.empty(STOP_DAY - FIRST_DAY, dtype=np.int64)
    for minutes in np.unique(usual).tolist():
        own = usual[row] == minutes
        found[own] = _shown_at(clock, minutes)[own]
    return found


def _shown_at(clock: WallClock, minutes: int) -> Int64:
    """For each day when the clocks show so many minutes from its midnight: of the day before or after, too."""
    days, within = divmod(minutes, _DAY_MINUTES)
    table = clock.instants(within)
    wanted = np.arange(len(table)) + days
    at = np.clip(wanted, 0, len(table) - 1)
    found: Int64 = table[at] + (wanted - at) * DAY
    return found


def _years(day: Int64) -> Int64:
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def _most_common(values: Int64) -> int:
    kinds, counts = np.unique(values, return_counts=True)
    return int(kinds[np.argmax(counts)])
