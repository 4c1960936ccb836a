"""What a shared stream brings for one run, kept in order until the run takes it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from weaver.model.errors import WeaverError
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, HaltChanged, LiveBar
from weaver.veda.exchange.orders import Source
from weaver.veda.exchange.port import BarMessage
from weaver.veda.exchange.setup import Wall

WAITING_MAX = 10_000
"""So many messages wait for a run that is slow. Past that they are dropped, and asked for by REST when it comes."""
ASK_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a subscription needs of its hub."""

    wall: Wall
    now: Callable[[], datetime]
    """The venue's time."""
    missed: Callable[[Mapping[str, int]], Awaitable[list[LiveBar]]]
    """The minutes of some symbols that ended after an instant of each (ns). Raises Unavailable."""
    standing: Callable[[], Iterator[FeedStale | HaltChanged]]
    """The feeds that are down now, and the symbols that are halted."""


class Subscription:
    """One run's part of a shared stream. A run that is slow loses no bar: it is told that its feeds are stale, what it
    did not take is asked for by REST, and then its feeds are restored."""

    def __init__(self, feed_of: Mapping[str, Feed], around: Around, *, begun: int) -> None:
        """`feed_of`: on which feed the bars of each of its symbols come. `begun`: what ended by then (ns) is not for
        it."""
        self._feed_of, self._around, self.begun = dict(feed_of), around, begun
        self._waiting: deque[BarMessage] = deque()
        self._lost_since: datetime | None = None
        self._taken = dict.fromkeys(feed_of, begun)
        """By symbol, the end (ns) of the newest bar that was taken."""
        self._woken = asyncio.Event()
        self._is_over = False

    @property
    def symbols(self) -> frozenset[str]:
        """Whose bars come."""
        return frozenset(self._feed_of)

    @property
    def feeds(self) -> frozenset[Feed]:
        """On which feeds they come."""
        return frozenset(self._feed_of.values())

    def put(self, message: BarMessage) -> None:
        """Something came."""
        is_old = isinstance(message, LiveBar) and message.source is Source.POLL and message.end <= self.begun
        if is_old or self._lost_since is not None:
            return
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.clear()
            self._lost_since = self._around.now()
        else:
            self._waiting.append(message)
        self._woken.set()

    def end(self) -> None:
        """Nothing will come any more."""
        self._is_over = True
        self._woken.set()

    async def messages(self) -> AsyncIterator[BarMessage]:
        """What comes, until the stream has ended. For one reader."""
        while True:
            if self._lost_since is not None:
                async for message in self._made_up():
                    yield message
            while self._waiting and self._lost_since is None:
                message = self._waiting.popleft()
                if isinstance(message, LiveBar):
                    self._note(message)
                yield message
            if self._lost_since is None and self._is_over:
                return
            if self._lost_since is None:
                self._woken.clear()
                await self._woken.wait()

    async def _made_up(self) -> AsyncIterator[BarMessage]:
        """What was dropped, asked for: until that has gone well."""
        since = self._lost_since
        assert since is not None
        reason = f"over {WAITING_MAX} messages waited for the run, which is slow"
        for feed in sorted(self.feeds):
            yield FeedStale(feed=feed, since=since, reason=reason)
        bars: list[LiveBar] | None = None
        while bars is None:
            self._lost_since = None  # what comes from here on is kept
            try:
                bars = await self._around.missed(dict(self._taken))
            except WeaverError as error:
                for feed in sorted(self.feeds):
                    yield FeedRestored(feed=feed, since=since, is_complete=False, reason=str(error))
                if self._is_over:
                    return
                await self._around.wall.sleep(ASK_AGAIN_SECONDS)
        for bar in bars:
            self._note(bar)
            yield bar
        for feed in sorted(self.feeds):
            repaired = sum(self._feed_of[bar.symbol] is feed for bar in bars)
            yield FeedRestored(feed=feed, since=since, repaired=repaired)
        for standing in self._around.standing():
            if isinstance(standing, FeedStale) and standing.feed in self.feeds:
                yield standing
            if isinstance(standing, HaltChanged) and standing.symbol in self._feed_of:
                yield standing

    def _note(self, bar: LiveBar) -> None:
        self._taken[bar.symbol] = max(self._taken[bar.symbol], bar.end)
