"""When the venue is compared with the books, and that it is."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.ports import Reconciled
from weaver.veda.trading.reconciler import Reconciler

LOOK = "reconcile"
"""The chore's name."""
SOON = timedelta(seconds=2)
NEWS_MAX = 100
NEWS_SECONDS = 5.0
"""Of the wall: so long at most what is to be closed waits for a look that is awaited."""
APART_SECONDS = 1.0
"""Of the wall, between two looks: a replay's hours may be the wall's milliseconds."""


class Looks:
    """One look at a time; each is told of, with whether all was quiet meanwhile."""

    def __init__(
        self,
        *,
        books: Books,
        reconciler: Reconciler,
        adapter: ExchangeAdapter,
        wall: Wall,
        chores: Chores,
        reconciled: Reconciled,
        looked: Callable[[], Awaitable[None]],
    ) -> None:
        """looked: called after each look."""
        self._books, self._reconciler, self._adapter, self._wall = books, reconciler, adapter, wall
        self._chores, self._reconciled, self._looked = chores, reconciled, looked
        self.due_at: datetime | None = None
        """By the venue's time; None: as soon as may be."""
        self.looked_at: datetime | None = None
        """When the newest look ended, by the wall."""
        self.looked_version = -1
        """Of the books, when the newest look began."""
        self._news: deque[datetime] = deque(maxlen=NEWS_MAX)
        """When (wall) things were heard of that only a look shows, and none has shown yet."""
        self._turn = asyncio.Lock()

    def ask(self) -> None:
        """Something may have been missed: look as soon as may be."""
        self.due_at = None

    def ask_soon(self) -> None:
        """Something has happened that only a look shows: it is not put off for long, nor made for each such thing."""
        self._news.append(self._wall.now())
        if self.due_at is not None:
            self.due_at = min(self.due_at, self._adapter.now() + SOON)

    def is_awaited(self, at: datetime) -> bool:
        """Whether something had happened by then (wall) that only a look shows, and none has shown it in time."""
        return any(news <= at and (self._wall.now() - news).total_seconds() < NEWS_SECONDS for news in self._news)

    def begin(self, now: datetime) -> None:
        """Look, if that is due."""
        if self._is_due(now):
            self._chores.begin(LOOK, self.look)

    def _is_due(self, now: datetime) -> bool:
        if self.due_at is None:
            return True
        is_soon = self.looked_at is not None and (self._wall.now() - self.looked_at).total_seconds() < APART_SECONDS
        return now >= self.due_at and not is_soon

    def is_put_off(self) -> bool:
        """Whether a look is due, and too soon after the last."""
        return self.due_at is not None and self.due_at <= self._adapter.now()

    async def look(self) -> None:
        """Compare all that is at the venue with the books, now. Raises Unavailable."""
        async with self._turn:
            await self._look()

    async def catch_up(self) -> None:
        """Take in what orders did at the venue up to now; what it holds is not looked at. Raises Unavailable."""
        async with self._turn:
            await self._reconciler.reconcile()

    async def _look(self) -> None:
        before, began = self._books.version, self._wall.now()
        await self._reconciler.reconcile()
        others = self._chores.count - self._chores.is_under_way(LOOK)
        is_quiet = before == self._books.version and not others
        async with self._books.change() as draft:
            if self._reconciled(draft, self._reconciler.others, is_quiet=is_quiet):
                self._reconciler.keep(draft)
        self.looked_at, self.looked_version = self._wall.now(), before
        self._news = deque((news for news in self._news if news > began), maxlen=NEWS_MAX)
        self.due_at = None if not self._reconciler.is_done else self._reconciler.next_at
        await self._looked()
