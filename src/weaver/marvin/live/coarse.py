"""Coarse bars that grow with the fine ones that they are made of."""

from dataclasses import replace

import numpy as np

from weaver.marvin.live.bars import GrowingBars, Splits
from weaver.marvin.series.timeline import EVER
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.resample import put_together
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe

NEVER = 2**63 - 1


class Coarser:
    """Puts fine bars together, each time from where the newest closed coarse bar ends: what is made is what all of them
    together would give."""

    __slots__ = ("_calendar", "_closed", "_due", "_fine", "_from", "_seen", "_splits", "_timeframe")

    def __init__(self, fine: GrowingBars, timeframe: Timeframe, calendar: Calendar, splits: Splits) -> None:
        self._fine, self._timeframe, self._calendar, self._splits = fine, timeframe, calendar, splits
        self._from = self._seen = 0
        self._closed = EVER
        """The stamp of the newest bar that has closed: what comes too late to be in it is in none."""
        self._due = NEVER
        """When the bar that is open closes, as far as there is one."""

    @property
    def nothing(self) -> Bars:
        """No bars of the timeframe."""
        return replace(self._fine.bars.slice(0, 0), timeframe=self._timeframe)

    def closed_by(self, now: int) -> Bars | None:
        """The bars that have closed by now and were not given before; None where there are none."""
        count = len(self._fine.ends)
        is_open = self._due != NEVER
        if now < self._due and (is_open or count == self._seen):
            return None
        made = self._made(count)
        closed = int(np.searchsorted(made.end, now, side="right"))
        self._seen = count
        self._due = NEVER if closed == len(made) else int(made.end[closed])
        if not closed:
            return None
        self._closed = int(made.timestamp[closed - 1])
        self._from = self._first_left(count)
        return made.slice(0, closed)

    def _made(self, count: int) -> Bars:
        """The bars after the newest that has closed, of which the last may be open."""
        splits = [(at - self._from, ratio) for at, ratio in self._splits.within(self._fine.ends) if at > self._from]
        fine = self._fine.bars.slice(self._from, count)
        made = put_together(fine, self._timeframe, self._calendar, splits=splits)
        return made.slice(int(np.searchsorted(made.timestamp, self._closed, side="right")), len(made))

    def _first_left(self, count: int) -> int:
        """The first fine bar that belongs to a bar which has not closed, or to none so far."""
        fine = self._fine.bars.slice(self._from, count)
        buckets = self._calendar.buckets(fine.timestamp, fine.end, fine.timeframe, self._timeframe)
        left = np.flatnonzero(buckets.keep & (buckets.timestamp > self._closed))
        return self._from + int(left[0]) if len(left) else count
