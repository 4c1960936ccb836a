"""The clock of paper and live runs: ticks when bars end, by the system's clock and whatever is done to it."""

from collections.abc import AsyncIterator

from weaver.glados.clock.ports import DueTick, Schedule, WallClock
from weaver.model.calendar.instants import instant_of, time_of

_SECOND = 1_000_000_000
SLEEP_SECONDS_MAX = 1.0
"""A step of the system's clock is noticed after so long at the latest."""


class RealtimeClock:
    """Ticks at each bar end from the moment that `ticks` is begun.

    Each target comes from the schedule, never from the last wake, so nothing drifts. No tick comes early, and none
    twice: after a step backwards it waits until the clock has caught up with its last tick. What falls due while a tick
    is being dealt with, or by a step forwards, is delivered in order, marked late; of more than `catch_up_max` missed
    ticks only the newest are, and the first of them says so.
    """

    def __init__(
        self, *, schedule: Schedule, wall: WallClock, catch_up_max: int = 1000, late_after_seconds: float = 1.0
    ) -> None:
        self._schedule, self._wall = schedule, wall
        self._catch_up_max, self._late_after = catch_up_max, int(late_after_seconds * _SECOND)

    async def ticks(self) -> AsyncIterator[DueTick]:
        """The ticks, without end."""
        last = self._now()
        while True:
            target, skipped = await self._due(last)
            yield DueTick(
                time=time_of(target),
                is_late=self._now() - target > self._late_after,
                skipped_after=time_of(last) if skipped else None,
            )
            last = target

    async def _due(self, last: int) -> tuple[int, bool]:
        """The bar end to deliver after `last`, once it is due; and whether others were left out before it."""
        target = self._schedule.after(last)
        while (now := self._now()) < target:
            await self._wall.sleep(min((target - now) / _SECOND, SLEEP_SECONDS_MAX))
        if now - target < self._catch_up_max * self._schedule.spacing // 2:  # a day's cut bars at most double the count
            return target, False
        oldest = self._schedule.newest(self._catch_up_max, after=last, until=now)[0]
        return oldest, oldest != target

    def _now(self) -> int:
        return instant_of(self._wall.now())
