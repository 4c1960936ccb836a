"""The sessions of a run's bars, by which walk-forwards and cross-validations cut time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.sessions import calendar_of
from weaver.research.run import Plan

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSessions:
    """The sessions of a run's bars, with the stamps that belong to each."""

    days: NDArray[np.int32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, base: Plan) -> "RunSessions":
        """Those from the run's start on."""
        days, stamps = [], []
        for listing in base.listings.values():
            within = listing.bars.timestamp >= base.start
            days.append(calendar_of(listing.instrument).last_session_of(listing.bars)[within])
            stamps.append(listing.bars.timestamp[within])
        day, stamp = np.concatenate(days), np.concatenate(stamps)
        order = np.lexsort((stamp, day))
        day, stamp = day[order], stamp[order]
        begins = np.flatnonzero(np.diff(day, prepend=day[:1] - 1))
        return cls(days=day[begins], first=np.minimum.reduceat(stamp, begins), last=np.maximum.reduceat(stamp, begins))

    def span(self, part: tuple[int, int]) -> tuple[datetime, datetime]:
        """The first and the last stamp of a part of a window."""
        return instant(self.first[part[0] : part[1]].min()), instant(self.last[part[0] : part[1]].max())


def instant(nanoseconds: np.int64) -> datetime:
    """An instant (ns since the epoch), aware, in UTC."""
    return EPOCH + timedelta(microseconds=int(nanoseconds) // 1000)
