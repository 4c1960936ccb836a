"""A run's ticks, from whatever brings its bars."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from datetime import datetime

from weaver.model.calendar.instants import instant_of
from weaver.veda.exchange.market import LiveBar, ReplayEnded
from weaver.veda.exchange.port import BarMessage
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.ticks import FeedTick, TickBuilder
from weaver.veda.inputs import LateBar

STEP_SECONDS = 0.25
"""Of the wall: how often a venue with a time of its own is looked at, while a tick waits."""
TURNS = 20
"""So often everybody else has a turn before the time decides: so what came to a loop that was held up is handed on."""
SECOND = 1_000_000_000


class FeedTicks:
    """The `TickSource` of a stream of bars. It asks for a message only when no tick is due, so that a replay, whose
    time goes on by being asked, stands still while a tick is dealt with."""

    def __init__(
        self,
        messages: AsyncIterator[BarMessage],
        builder: TickBuilder,
        *,
        now: Callable[[], datetime],
        wall: Wall,
        heard: Callable[[LiveBar], None],
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        """now: the venue's time. heard: told of each bar as it comes, for its price. settled: awaited before a message
        is asked for; of a replay, until all that was ordered is at its venue."""
        self._settled = settled
        self._messages, self._builder, self._now, self._wall, self._heard = messages, builder, now, wall, heard
        self._ready: deque[FeedTick] = deque()
        self._late: list[LateBar] = []
        self._coming: asyncio.Task[BarMessage | None] | None = None
        self._passing: asyncio.Task[None] | None = None
        self._passes_to = 0
        self._is_over = False

    async def next(self) -> FeedTick | None:
        """The next tick, when it is decided; None at the end."""
        while True:
            if self._builder.is_timed and await self._has_come():
                continue
            if self._builder.next_due() is not None:
                self._ready.extend(self._builder.due(instant_of(self._now())))
            if self._ready:
                return self._ready.popleft()
            if self._is_over:
                return None
            await self._wait()

    def take_late(self) -> tuple[LateBar, ...]:
        """Bars that came after their ticks, since this was last called."""
        late, self._late = tuple(self._late), []
        return late

    async def close(self) -> None:
        """Read no more."""
        self._leave_time()
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        if isinstance(self._messages, AsyncGenerator):
            await self._messages.aclose()

    async def _has_come(self) -> bool:
        """Whether a message was taken that had come before a tick was due by the time, or on its way to here."""
        due = self._builder.next_due()
        if self._ready or self._is_over or due is None or due > instant_of(self._now()):
            return False
        coming = await self._asked()
        for _ in range(TURNS):
            if coming.done():
                break
            await self._wall.sleep(0)
        return self._took(coming)

    async def _wait(self) -> None:
        """Until a message has come and was taken, or a tick is due."""
        coming = await self._asked()
        due = self._builder.next_due()
        if due is None:
            await asyncio.wait({coming})
        else:
            try:
                await asyncio.wait({coming, self._time_until(due)}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                self._leave_time()
                raise
        self._took(coming)

    def _time_until(self, due: int) -> "asyncio.Task[None]":
        """A part of the time until a tick is due: what is left of the one that was begun for it, as of most ticks many
        messages come before they are due."""
        passing = self._passing
        if passing is None or passing.done() or self._passes_to != due:
            self._leave_time()
            left = max((due - instant_of(self._now())) / SECOND, 0.0)
            passing = asyncio.ensure_future(self._wall.sleep(min(left, STEP_SECONDS)))
            self._passing, self._passes_to = passing, due
        return passing

    def _leave_time(self) -> None:
        if self._passing is not None:
            self._passing.cancel()
            self._passing = None

    async def _asked(self) -> "asyncio.Task[BarMessage | None]":
        """The next message, which is asked for."""
        if self._coming is None:
            await self._settled()
            self._coming = asyncio.ensure_future(self._anext())
        return self._coming

    def _took(self, coming: "asyncio.Task[BarMessage | None]") -> bool:
        """Take a message, if it has come."""
        if not coming.done():
            return False
        self._coming = None
        self._take(coming.result())
        return True

    async def _anext(self) -> BarMessage | None:
        return await anext(self._messages, None)

    def _take(self, message: BarMessage | None) -> None:
        if message is None or isinstance(message, ReplayEnded):
            self._is_over = True
        if message is None:
            return
        if isinstance(message, LiveBar):
            self._heard(message)
        late = self._builder.on(message)
        if late is not None:
            self._late.append(late)


async def at_once() -> None:
    """There is nothing to wait for: a market does not wait either."""
