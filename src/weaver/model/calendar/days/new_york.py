"""New York's wall clock over whole columns: zoneinfo is asked once, numpy does the rest."""

from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.errors import InputError
from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import DAY, HOUR

FIRST_DAY = int(np.datetime64("1900-01-01", "D").astype(np.int64))
STOP_DAY = int(np.datetime64("2101-01-01", "D").astype(np.int64))
"""Days since the epoch that the tables cover; times outside are refused."""

EXTENDED_FROM = 4
"""Stocks trade from this hour in New York, until extended trading ends."""
_EPOCH = date(1970, 1, 1)
_STANDARD = -5 * HOUR
_SECOND = 1_000_000_000


def index_of(day: Int64) -> Int64:
    """Where `day` (days since the epoch) stands in the tables. Raises InputError outside 1900-2100."""
    if len(day) and (day.min() < FIRST_DAY or day.max() >= STOP_DAY - 1):
        raise InputError("times must lie between the years 1900 and 2100")
    return day - FIRST_DAY


@lru_cache(maxsize=1)
def _transitions() -> tuple[Int64, Int64]:
    """UTC instants (s) at which New York's offset changed, and the offset (ns) from each on; found by bisection."""
    zone = ZoneInfo("America/New_York")

    def offset(hour: int) -> int:
        return int(datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset().total_seconds())  # type: ignore[union-attr]

    months = np.arange("1900-01", "2101-01", dtype="datetime64[M]").astype("datetime64[h]").astype(np.int64).tolist()
    instants, offsets = [months[0]], [offset(months[0])]
    for month, following in pairwise(months):
        low, high = month, following
        after = offset(high)
        if after == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if offset(middle) == after else (middle, high)
        instants.append(high)
        offsets.append(after)
    return np.array(instants, dtype=np.int64) * 3600, np.array(offsets, dtype=np.int64) * _SECOND


@lru_cache(maxsize=8)
def wall_clock(hour: int, minute: int = 0) -> Int64:
    """For each day of the tables, the UTC instant (ns) at which New York's clocks show `hour`:`minute`.

    Exact for midnight and for times after 03:00: clocks change at 02:00.
    """
    instants, offsets = _transitions()
    days = np.arange(FIRST_DAY, STOP_DAY, dtype=np.int64)
    probe = days * (DAY // _SECOND) + (5 if hour == 0 else 17) * 3600  # before, or after, that day's change of clocks
    offset = offsets[np.maximum(np.searchsorted(instants, probe, side="right") - 1, 0)]
    table: Int64 = days * DAY + hour * HOUR + minute * (HOUR // 60) - offset
    table.flags.writeable = False
    return table


def local_day(instant: Int64) -> Int64:
    """New York's date (days since the epoch) at each instant (ns)."""
    return _day_after_cut(instant, wall_clock(0), _STANDARD)


def closing_day(instant: Int64) -> Int64:
    """The date of the first 17:00 New York after each instant; 17:00 itself belongs to the next day."""
    return _day_after_cut(instant, wall_clock(17), _STANDARD - 17 * HOUR) + 1


def _day_after_cut(instant: Int64, cuts: Int64, winter: int) -> Int64:
    """The last day whose cut is at or before each instant; in winter the cut is `-winter` ns past midnight UTC."""
    day: Int64 = (instant + winter) // DAY
    day += instant >= cuts[index_of(day + 1)]  # in summer the next day's cut comes an hour earlier
    return day


def extended_from(day: date) -> int:
    """When extended trading begins on a day (ns), and what companies do to their shares on it has been done."""
    days = np.array([(day - _EPOCH).days], dtype=np.int64)
    return int(wall_clock(EXTENDED_FROM)[index_of(days)][0])
