"""What is called at set times: the first tick at or after each instant of a schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.bar import Cursor
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.recurring import AHEAD, Recurring


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Schedule:
    """When, by whose calendar, and whom to call: with nothing, as the tick is the present one."""

    recurring: Recurring
    calendar: Calendar
    zone: ZoneInfo
    call: Callable[[], Any]

    def ticks(self, instants: NDArray[np.int64], begun: int) -> NDArray[np.int64]:
        """At which of some ticks (ns, ascending, all after `begun`) it is due, by index: however many of its instants
        have passed since the tick before, once."""
        if not len(instants):
            return np.empty(0, dtype=np.int64)
        due = np.array(self.recurring.between(self.calendar, self.zone, begun, int(instants[-1])), dtype=np.int64)
        return np.unique(np.searchsorted(instants, due))


class Due:
    """Whether a schedule is due, for whoever goes from tick to tick and does not know the next one."""

    __slots__ = ("_next", "schedule")

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._next: int | None = None

    def is_due(self, before: int, now: int) -> bool:
        """Whether one of its instants lies after the tick before and not after the present one (ns)."""
        if self._next is None or self._next <= before:
            self._next = self._after(before)
        return self._next <= now

    def _after(self, instant: int) -> int:
        one = self.schedule
        end = instant + AHEAD
        while not (found := one.recurring.between(one.calendar, one.zone, instant, end)):
            end += AHEAD
        return found[0]


class NoBar:
    """What stands in the place of a bar where a call is given none."""

    __slots__ = ("cursor",)

    def __init__(self) -> None:
        self.cursor = Cursor()
