"""A venue's market data by hand: what its stream says, what its history has, and when neither answers."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import date, datetime

import numpy as np

from tests.unit.veda.feed.feeding import ONE, as_bars
from tests.virtual_wall import VirtualWall
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import Unavailable, WeaverError
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.veda.exchange.market import BarPage, LiveBar, VenueClock
from weaver.veda.exchange.port import BarMessage


class FakeMarket:
    """In the time of a wall that stands still unless somebody sleeps."""

    source = "fake iex"

    def __init__(self, wall: VirtualWall, *, page: int = 1000) -> None:
        self._wall, self._page = wall, page
        self.streams: list[tuple[str, ...]] = []
        """The symbols of each stream that was opened."""
        self.open = 0
        self._queue: asyncio.Queue[BarMessage | WeaverError | None] = asyncio.Queue()
        self.minutes: dict[str, list[LiveBar]] = {}
        self.coarser: dict[tuple[str, Timeframe], Bars] = {}
        self.actions: dict[str, tuple[CorporateAction, ...]] = {}
        self.is_away = False
        self.asked: list[tuple[str, str, datetime, datetime]] = []

    def now(self) -> datetime:
        return self._wall.now()

    async def clock(self) -> VenueClock:
        if self.is_away:
            raise Unavailable("the venue is away")
        return VenueClock(time=self.now(), is_open=True, next_open=None, next_close=None, skew_seconds=0.0)

    def say(self, *messages: BarMessage | WeaverError | None) -> None:
        """Through the stream; an error ends it so, None by itself."""
        for message in messages:
            self._queue.put_nowait(message)

    async def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        self.streams.append(tuple(symbols))
        self.open += 1
        self._queue = asyncio.Queue()
        try:
            while (message := await self._queue.get()) is not None:
                if isinstance(message, WeaverError):
                    raise message
                yield message
        finally:
            self.open -= 1

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        await self._wall.sleep(0)
        if self.is_away:
            raise Unavailable("the venue is away")
        if page is None:
            self.asked.append((symbol, str(timeframe), start, end))
        bars = self._history(symbol, timeframe)
        first = int(page) if page else int(np.searchsorted(bars.timestamp, instant_of(start)))
        last = min(
            int(np.searchsorted(bars.timestamp, instant_of(end), side="right")),
            int(np.searchsorted(bars.end, instant_of(self.now()), side="right")),
        )
        stop = max(first, min(last, first + self._page))
        return BarPage(bars=bars.slice(first, stop), next_page=str(stop) if stop < last else None)

    def _history(self, symbol: str, timeframe: Timeframe) -> Bars:
        if timeframe == ONE and self.minutes.get(symbol):
            return as_bars(self.minutes[symbol])
        found = self.coarser.get((symbol, timeframe))
        return empty(symbol, timeframe) if found is None else found

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        await self._wall.sleep(0)
        if self.is_away:
            raise Unavailable("the venue is away")
        return tuple(one for one in self.actions.get(symbol, ()) if first <= one.ex_date <= last)


def empty(symbol: str, timeframe: Timeframe) -> Bars:
    """No bars."""
    instants, values = np.empty(0, dtype=np.int64), np.empty(0)
    return Bars(
        symbol=symbol, timeframe=timeframe, timestamp=instants, end=instants, open=values, high=values, low=values,
        close=values, volume=values,
    )  # fmt: skip
