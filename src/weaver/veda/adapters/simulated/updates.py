"""The stream of order updates: kept in order until their reader takes them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from weaver.model.errors import Conflict
from weaver.veda.adapters.simulated.sources.pacing import first_of
from weaver.veda.adapters.simulated.venue.venue import Told
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale
from weaver.veda.exchange.port import OrderMessage
from weaver.veda.exchange.setup import Wall

SETTLED_WITHIN_SECONDS = 10.0
"""So long (the wall's) a reader may take for what it was told before others go on without it."""
WAITING_MAX = 100_000
"""So many updates wait for a reader that is slow. Past that they are dropped, and the reader is told to ask."""


class Updates:
    """What a venue tells, for one reader at a time; what was told before it came is not for it, as it asks first."""

    def __init__(self, listeners: list[Callable[[Told], None]], now: Callable[[], datetime]) -> None:
        self._listeners, self._now = listeners, now
        self._waiting: deque[Told] = deque()
        self._lost_since: datetime | None = None
        self._woken, self._settled = asyncio.Event(), asyncio.Event()
        self._settled.set()
        self._is_read = self._is_closed = False

    async def settled(self) -> None:
        """Return once the reader has done what it does about all that was told, and waits for more; at once where
        nobody reads."""
        await self._settled.wait()

    async def settle(self, wall: Wall) -> None:
        """The same, but after `SETTLED_WITHIN_SECONDS` in any case."""
        if not self._settled.is_set():
            await first_of(wall.sleep(SETTLED_WITHIN_SECONDS), self._settled.wait())

    def close(self) -> None:
        """The stream ends."""
        self._is_closed = True
        self._woken.set()

    async def read(self) -> AsyncIterator[OrderMessage]:
        """Each as it comes, until the stream is closed. Raises Conflict where somebody reads already."""
        if self._is_read:
            raise Conflict("the simulated venue's order updates have a reader already")
        self._is_read = True
        self._settled.clear()
        self._listeners.append(self._add)
        try:
            yield FeedRestored(feed=Feed.ORDERS, since=None)
            while True:
                for message in self._lost():
                    yield message
                while self._waiting:
                    yield self._waiting.popleft()
                if self._is_closed:
                    return
                self._woken.clear()
                self._settled.set()
                await self._woken.wait()
        finally:
            self._listeners.remove(self._add)
            self._is_read = False
            self._waiting.clear()
            self._settled.set()

    def _add(self, update: Told) -> None:
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.clear()
            self._lost_since = self._lost_since or self._now()
        self._waiting.append(update)
        self._settled.clear()
        self._woken.set()

    def _lost(self) -> list[OrderMessage]:
        if self._lost_since is None:
            return []
        since, self._lost_since = self._lost_since, None
        reason = f"over {WAITING_MAX} updates waited for a reader: ask for the orders"
        return [
            FeedStale(feed=Feed.ORDERS, since=since, reason=reason),
            FeedRestored(feed=Feed.ORDERS, since=since, is_complete=False, reason=reason),
        ]
