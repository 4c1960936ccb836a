"""The wall clock of any zone over whole columns: zoneinfo is asked once a week of its time, numpy does the rest."""

from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.days.new_york import FIRST_DAY, STOP_DAY
from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE

_WEEK = 7 * 24
_SECOND = 1_000_000_000


class WallClock:
    """A zone's clocks, for the days of `new_york`'s tables."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._instants, self._offsets = _changes(zone)

    def offset(self, instant: Int64) -> Int64:
        """How far the clocks are ahead of UTC at each instant, both ns."""
        row = np.searchsorted(self._instants, instant, side="right") - 1
        return self._offsets[np.maximum(row, 0)]

    def instants(self, minutes: int) -> Int64:
        """For each day of the tables the instant (ns) at which the clocks show so many minutes after midnight, as
        zoneinfo has it: the first of two, and where clocks are put forward over it as much later."""
        days = np.arange(FIRST_DAY, STOP_DAY, dtype=np.int64)
        shown = days * DAY + minutes * MINUTE
        before, after = self.offset(shown - 15 * HOUR), self.offset(shown + 15 * HOUR)
        first, second = shown - before, shown - after
        is_later = (self.offset(first) != before) & (self.offset(second) == after)
        return np.where(is_later, second, first)


def _changes(zone: ZoneInfo) -> tuple[Int64, Int64]:
    """The instants (ns) at which the offset changed, and the offset (ns) from each on; found by bisection."""

    def offset(hour: int) -> int:
        return int(datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset().total_seconds())  # type: ignore[union-attr]

    weeks = range(FIRST_DAY * 24, (STOP_DAY + 7) * 24, _WEEK)
    found = [(weeks[0], offset(weeks[0]))]
    for week, following in pairwise(weeks):
        low, high, after = week, following, offset(following)
        if after == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if offset(middle) == after else (middle, high)
        found.append((high, after))
    columns = np.array(found, dtype=np.int64)
    return columns[:, 0] * 3600 * _SECOND, columns[:, 1] * _SECOND


@lru_cache(maxsize=16)
def wall_clock_of(zone: ZoneInfo) -> WallClock:
    """The clocks of a zone, kept."""
    return WallClock(zone)
