"""A wall clock for tests: time passes when all that could happen at an instant has happened."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
TURNS = 200
"""So often everybody has a turn before time passes."""


class VirtualWall:
    """Sleepers are woken in the order of their instants, each when nobody has had anything to do for a while."""

    def __init__(self, start: datetime = START) -> None:
        self._now, self._order = start, count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._waker: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), woken))
        if self._waker is None or self._waker.done():
            self._waker = asyncio.create_task(self._wake())
        await woken

    async def _wake(self) -> None:
        while self._sleepers:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            at, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():  # a sleeper that was cancelled takes no time
                self._now = max(self._now, at)
                woken.set_result(None)
