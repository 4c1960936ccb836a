"""The New York Stock Exchange's trading hours, with pre-market and after-hours."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from weaver.model.calendar.calendar import Buckets, SegmentedCalendar, ends_before_next, grid, last_sessions
from weaver.model.calendar.days import new_york, xnys
from weaver.model.calendar.stretches import MONDAY, SESSIONS_A_WEEK
from weaver.model.market.bars import Bool, Int32, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """One row per day of new_york's tables; instants in ns. Days without a session have usual hours, flagged."""

    is_session: Bool
    is_expected: Bool
    """Sessions of the years that the holidays are known for; elsewhere each day counts, and none is missed."""
    open: Int64
    close: Int64
    regular_close: Int64
    """As `close`, but NEVER on days without a session, so that nothing comes before it."""
    extended_close: Int64
    midnight: Int64
    elapsed: Int64
    """Regular trading time before the day (ns)."""


@lru_cache(maxsize=1)
def _table() -> _Table:
    days = np.arange(new_york.FIRST_DAY, new_york.STOP_DAY)
    dates = days.astype("datetime64[D]")
    known = (dates >= np.datetime64(f"{xnys.FIRST_YEAR}-01-01")) & (
        dates < np.datetime64(f"{xnys.LAST_YEAR + 1}-01-01")
    )
    is_session = ~known | (np.is_busday(dates, holidays=_holidays()))
    opens, closes = new_york.wall_clock(9, 30).copy(), new_york.wall_clock(16).copy()
    for line in xnys.SPECIAL_HOURS.split("\n")[1:-1]:
        date, open_text, close_text = line.split()
        index = int(np.datetime64(date, "D").astype(np.int64)) - new_york.FIRST_DAY
        opens[index] += _minutes(open_text) * MINUTE - 9 * HOUR - 30 * MINUTE
        closes[index] += _minutes(close_text) * MINUTE - 16 * HOUR
    is_expected = is_session & known
    lengths = np.where(is_expected, closes - opens, 0)
    return _Table(
        is_session=is_session,
        is_expected=is_expected,
        open=opens,
        close=closes,
        regular_close=np.where(is_session, closes, NEVER),
        extended_close=new_york.wall_clock(20),
        midnight=new_york.wall_clock(0),
        elapsed=np.cumsum(lengths) - lengths,
    )


def _holidays() -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    lines = (line.split(": ") for line in xnys.HOLIDAYS.strip().split("\n"))
    return np.array([f"{year}-{day}" for year, days in lines for day in days.split()], dtype="datetime64[D]")


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


class StockCalendar(SegmentedCalendar):
    """Sessions of XNYS. Intraday bars belong to New York's date; a daily bar's stamp is its date at 00:00 UTC."""

    labels_are_dates = True
    is_always_open = False

    def session_of(self, timestamp: Int64, *, daily: bool) -> Int32:
        day = timestamp // DAY if daily else new_york.local_day(timestamp)
        return day.astype(np.int32)

    def session_open(self, session: Int32) -> Int64:
        return _table().open[new_york.index_of(session.astype(np.int64))]

    def session_close(self, session: Int32) -> Int64:
        return _table().close[new_york.index_of(session.astype(np.int64))]

    def extended_open(self, session: Int32) -> Int64:
        return new_york.wall_clock(new_york.EXTENDED_FROM)[new_york.index_of(session.astype(np.int64))]

    def extended_close(self, session: Int32) -> Int64:
        return _table().extended_close[new_york.index_of(session.astype(np.int64))]

    def is_regular(self, start: Int64, end: Int64) -> Bool:
        table, index = _table(), new_york.index_of(new_york.local_day(end - 1))
        return (start < table.regular_close[index]) & (end > table.open[index])

    def is_session(self, session: Int32) -> Bool:
        return _table().is_session[new_york.index_of(session.astype(np.int64))]

    def usual_sessions(self, first: int, last: int) -> Int32:
        days = self.expected_sessions(first, last)
        known = _table().is_expected[new_york.index_of(days.astype(np.int64))]
        return days[known | ((days - MONDAY) % 7 < SESSIONS_A_WEEK)]

    def missing_sessions(self, first: int, last: int, have: Int32) -> Int32:
        days = np.arange(first, last + 1, dtype=np.int32)
        expected = days[_table().is_expected[new_york.index_of(days.astype(np.int64))]]
        return np.setdiff1d(expected, have)

    def bar_end(self, timestamp: Int64, timeframe: Timeframe) -> Int64:
        """As Calendar.bar_end. A bar across the close is cut there if nothing else trades that day, else left whole.

        A bar stamped before the open and ending after it (the 09:00 bar of hourly data) is a regular bar.
        """
        if timeframe.is_daily:
            session = self.session_of(timestamp, daily=True)
            return self.session_close(last_sessions(self, session, timeframe))
        end = ends_before_next(timestamp, timeframe)
        table, day = _table(), new_york.local_day(timestamp)
        index = new_york.index_of(day)
        late = np.where(timestamp < table.extended_close[index], table.extended_close[index], table.midnight[index + 1])
        limit = np.where(timestamp < table.regular_close[index], table.close[index], late)
        is_last = np.append(day[1:] != day[:-1], True)[: len(day)]
        return np.where(is_last & (end > limit), limit, end)

    def open_time(self, instant: Int64) -> Int64:
        table, index = _table(), new_york.index_of(new_york.local_day(instant))
        within = np.clip(instant, table.open[index], table.close[index]) - table.open[index]
        total: Int64 = table.elapsed[index] + np.where(table.is_expected[index], within, 0)
        return total

    def _segments(self, timestamp: Int64, end: Int64, session: Int64, target: Timeframe) -> Buckets:
        """Wall-clock grid from midnight New York, cut at the open, the close and 20:00."""
        table, index = _table(), new_york.index_of(session)
        opens, closes, midnight = table.open[index], table.regular_close[index], table.midnight[index]
        regular = (timestamp < closes) & (end > opens)
        begun = np.where(regular, np.maximum(timestamp, opens), timestamp)
        late = begun >= table.extended_close[index]
        after = ~regular & ~late & (begun >= table.close[index]) & table.is_session[index]
        pre = ~regular & ~late & ~after
        first = np.select([regular, after, late], [opens, closes, table.extended_close[index]], midnight)
        pre_end = np.where(table.is_session[index], opens, table.extended_close[index])
        last = np.select(
            [regular, after, pre], [closes, table.extended_close[index], pre_end], table.midnight[index + 1]
        )
        start, stop = grid(begun, midnight, last, target)
        keep = np.ones(len(timestamp), dtype=np.bool_)
        return Buckets(keep=keep, timestamp=np.maximum(start, first), end=np.maximum(stop, end))
