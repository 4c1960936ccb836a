"""The time of a replay: how fast it goes, and waiting in it."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime

from weaver.model.errors import InputError
from weaver.veda.exchange.setup import Wall

MAX = float("inf")
"""The speed of a replay that waits for nothing but its reader."""
SECOND = 1_000_000_000
GRACE_SECONDS = 1.0
"""What comes this soon after a tick, by the wall's time, counts as come at the tick: it answers to that. So does, of a
replay, what comes before its next tick is asked for, however long that takes."""


class Pace:
    """Venue time from `start` (ns) on, tick by tick, `speed` times as fast as the wall's. It waits for whoever takes
    the ticks: it stands until the first is asked for, and never passes the next one by itself."""

    def __init__(self, wall: Wall, *, start: int, speed: float) -> None:
        self._wall, self._speed, self.tick = wall, checked(speed), start
        self._next: int | None = None
        self._from, self._at = start, wall.now()
        """From which instant time goes on, and what the wall's clock showed there."""
        self._ticked_at: datetime | None = None
        """When the newest tick came, by the wall; None before the first."""
        self._is_asked = False
        """Whether somebody waits for the tick that is expected."""
        self._changed = asyncio.Event()
        self._has_begun = False
        """Whether a tick was ever asked for."""

    def begin(self, start: int) -> None:
        """Stand at an instant (ns) before the first tick."""
        self.tick = self._from = start

    @property
    def now(self) -> int:
        """ns."""
        if self._next is None or self._speed == MAX or not self._has_begun:
            return self.tick
        return min(self._from + int(self._passed(self._at) * self._speed * SECOND), self._next)

    @property
    def placed(self) -> int:
        """When a request counts as come that comes now, ns."""
        is_soon = self._ticked_at is None or self._passed(self._ticked_at) <= GRACE_SECONDS
        return self.tick if is_soon or not self._is_asked else self.now

    def set_speed(self, speed: float) -> None:
        """Go on at another speed, from where it is. Raises InputError."""
        speed = checked(speed)
        if self._has_begun:
            self._from, self._at = self.now, self._wall.now()
        self._speed = speed
        self._changed.set()

    def expect(self, tick: int, *, opened: int) -> None:
        """The next tick, and when the first of its bars opens (ns): time in which none is open passes at once. It goes
        on from when the newest tick came."""
        self._next = tick
        self._from, self._at = max(self.tick, min(opened, tick)), self._ticked_at or self._wall.now()

    async def reach(self) -> None:
        """Wait until the tick has come that is expected."""
        assert self._next is not None
        self._is_asked = True
        if not self._has_begun:
            self._has_begun, self._at = True, self._wall.now()
        while self._speed != MAX and self.now < self._next:
            self._changed.clear()
            seconds = (self._next - self.now) / SECOND / self._speed
            await first_of(self._wall.sleep(seconds), self._changed.wait())
        self.tick, self._next, self._is_asked = self._next, None, False
        self._ticked_at = self._wall.now()

    def skip(self) -> None:
        """The tick that is expected has come, before."""
        assert self._next is not None
        self.tick, self._next = self._next, None

    def _passed(self, since: datetime) -> float:
        return (self._wall.now() - since).total_seconds()


async def first_of(*waits: Coroutine[object, object, object]) -> None:
    """Wait until one of several has come, and leave the others."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def checked(speed: float) -> float:
    """A speed. Raises InputError."""
    if not speed > 0:
        raise InputError(f"a replay's speed is a number above 0, or max, not {speed:g}")
    return speed
