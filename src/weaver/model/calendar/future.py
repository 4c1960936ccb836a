"""The trading hours of a future of which the exchange is not known."""

import numpy as np

from weaver.model.calendar.calendar import Gaps
from weaver.model.calendar.fx import FxCalendar
from weaver.model.calendar.stock import StockCalendar
from weaver.model.market.bars import Int32, Int64
from weaver.model.market.timeframe import Timeframe


class FutureCalendar(FxCalendar):
    """Sessions from 17:00 to 17:00 New York, as Globex and its followers trade; which hours of them is not known.

    So every bar may fill, no bar of a weekday is out of place, and only whole sessions can be missing: those on which
    New York's stocks traded too.
    """

    def __init__(self) -> None:
        self._stocks = StockCalendar()

    def expected_sessions(self, first: int, last: int) -> Int32:
        return self._stocks.expected_sessions(first, last)

    def usual_sessions(self, first: int, last: int) -> Int32:
        return self._stocks.usual_sessions(first, last)

    def missing_sessions(self, first: int, last: int, have: Int32) -> Int32:
        return self._stocks.missing_sessions(first, last, have)

    def gaps(self, timestamp: Int64, end: Int64, timeframe: Timeframe) -> Gaps:
        """Where whole sessions passed without a bar."""
        before, after = self.session_of(end[:-1] - 1, daily=False), self.session_of(timestamp[1:], daily=False)
        apart = np.flatnonzero(after - before > 1)
        none = np.empty(0, dtype=np.int32)
        skipped = [self.missing_sessions(int(before[k]) + 1, int(after[k]) - 1, none) for k in apart.tolist()]
        real = [(k, days) for k, days in zip(apart.tolist(), skipped, strict=True) if len(days)]
        rows = np.array([k for k, _ in real], dtype=np.int64)
        lengths = [self._hours(days) // timeframe.nanoseconds for _, days in real]
        return Gaps(start=end[:-1][rows], stop=timestamp[1:][rows], missing=np.array(lengths, dtype=np.int64))

    def _hours(self, days: Int32) -> int:
        """How long the sessions of some days last together, ns."""
        lasts: Int64 = self.session_close(days) - self.session_close(days - np.int32(1))
        return int(lasts.sum())
