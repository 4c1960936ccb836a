"""So many requests a minute: cancels before orders, orders before questions."""

import heapq
from asyncio import Future, Task, create_task, get_running_loop
from collections.abc import Awaitable, Callable
from enum import IntEnum
from itertools import count

MINUTE_SECONDS = 60


class Priority(IntEnum):
    """Whose turn comes first."""

    CANCEL = 0
    ORDER = 1
    QUESTION = 2


class TokenBucket:
    """Hands out turns: so many at most in any minute, whichever minute is looked at, for a venue counts by its own.

    It holds a part of them, and fills up steadily with the rest. A share is kept for what is urgent: questions get none
    of the last `kept` turns, so that no cancel has to wait for what questions have used up.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        seconds: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        held: int = 60,
        kept: int = 20,
    ) -> None:
        """held: how many may go at once. kept: how many of these are not for questions. seconds: a time that rises;
        wait: return after about so long."""
        self._capacity, self._rate = float(held), (per_minute - held) / MINUTE_SECONDS
        self._seconds, self._wait, self._kept = seconds, wait, min(kept, held // 2)
        self._level, self._at = self._capacity, seconds()
        self._waiting: list[tuple[Priority, int, Future[None]]] = []
        self._numbers = count()
        self._refilling: Task[None] | None = None
        """Runs while somebody waits."""

    async def turn(self, priority: Priority) -> None:
        """Return when it is one's turn."""
        self._refill()
        if not self._waiting and self._has_room(priority):
            self._level -= 1
            return
        future: Future[None] = get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._numbers), future))
        if self._refilling is None or self._refilling.done():
            self._refilling = create_task(self._serve_as_it_fills())
        await future  # given up, it is cancelled, and the turn is somebody else's

    def pause(self, seconds: float) -> None:
        """The venue says that there were too many: there is no turn for about so long."""
        self._refill()
        self._level = min(self._level, 1 - seconds * self._rate)

    def close(self) -> None:
        """Nobody gets a turn any more."""
        if self._refilling is not None:
            self._refilling.cancel()

    async def _serve_as_it_fills(self) -> None:
        while self._waiting:
            await self._wait(1 / self._rate)
            self._refill()
            self._serve()

    def _serve(self) -> None:
        while self._waiting:
            priority, _, future = self._waiting[0]
            if future.done():  # given up
                heapq.heappop(self._waiting)
            elif self._has_room(priority):
                heapq.heappop(self._waiting)
                self._level -= 1
                future.set_result(None)
            else:
                return

    def _has_room(self, priority: Priority) -> bool:
        return self._level >= (1 + self._kept if priority is Priority.QUESTION else 1)

    def _refill(self) -> None:
        now = self._seconds()
        self._level = min(self._capacity, self._level + max(0.0, now - self._at) * self._rate)
        self._at = now
