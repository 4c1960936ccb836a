"""One stream of bars for all runs of an account, and each run's part of it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import WeaverError
from weaver.model.market.asset_class import AssetClass
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, HaltChanged, LiveBar, feed_of
from weaver.veda.exchange.port import BarMessage
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.missed import has_minute_ended, missed_minutes
from weaver.veda.feed.ports import MarketData
from weaver.veda.feed.subscription import Around, Subscription

GATHER_SECONDS = 0.2
"""Symbols that are asked for within such a while of each other make one new stream."""
PUBLISHED_SECONDS = 2.0
"""So long after its end a minute may take to be in the venue's history."""
AGAIN_SECONDS_MAX = 30.0
Change = FeedStale | FeedRestored | HaltChanged


class Hub:
    """Reads `live_bars` of the union of all runs' symbols, and hands each run what concerns it.

    A venue takes one stream an account, and a stream has its symbols from its beginning: when a run brings others, the
    stream is ended and begun anew. Its readers are told that their feeds are stale, and that they are restored once
    what came meanwhile was asked for. When a run leaves its symbols stay until then, or until nobody is left.
    """

    def __init__(self, adapter: MarketData, wall: Wall, *, told: Callable[[Change], None]) -> None:
        """`told`: of each change of a feed, and each halt, once; of a halt that nobody hears the end of, that too."""
        self._adapter, self._wall, self._told = adapter, wall, told
        self._subscriptions: set[Subscription] = set()
        self._feed_of: dict[str, Feed] = {}
        self._newest: dict[str, int] = {}
        """By symbol, the end (ns) of its newest bar, or since when it is read."""
        self._read_now: frozenset[str] = frozenset()
        """The symbols of the stream, if there is one."""
        self._up: set[Feed] = set()
        self._stale: dict[Feed, FeedStale] = {}
        self._halted: dict[str, HaltChanged] = {}
        self._changed = asyncio.Event()
        self._failures = 0
        """Since a feed was last there."""
        self._is_over = False
        self._around = Around(wall=wall, now=adapter.now, missed=self._missed, standing=self._standing)

    @property
    def feeds(self) -> Mapping[Feed, bool]:
        """Those that somebody reads, and whether each is there."""
        return {feed: feed in self._up and feed not in self._stale for feed in sorted({*self._feed_of.values()})}

    @contextmanager
    def subscribe(self, classes: Mapping[str, AssetClass]) -> Iterator[Subscription]:
        """A run's part of the stream, of these symbols, while the block lasts: all minutes that end after it was
        entered, those that end before the stream is there too. That it is, feed by feed, is told."""
        feeds = {symbol: feed_of(asset_class) for symbol, asset_class in classes.items()}
        made = Subscription(feeds, self._around, begun=instant_of(self._adapter.now()))
        self._feed_of |= feeds
        for symbol in feeds:
            self._newest.setdefault(symbol, made.begun)
        self._subscriptions.add(made)
        if self._is_over:
            made.end()
        elif made.symbols <= self._read_now:
            self._greet(made)
        self._changed.set()
        try:
            yield made
        finally:
            self._subscriptions.discard(made)
            made.end()
            self._changed.set()

    async def run(self) -> None:
        """Read until the adapter is closed; to be run as a task of whoever owns the hub."""
        try:
            while True:
                while not (wanted := self._wanted()):
                    self._forget()
                    await self._next_change()
                try:
                    if await self._read_while_enough(wanted):
                        return
                except WeaverError as error:
                    self._interrupt(frozenset(self._feed_of[symbol] for symbol in wanted), str(error))
                    await self._wall.sleep(min(2.0**self._failures, AGAIN_SECONDS_MAX))
                    self._failures += 1
        finally:
            self._is_over = True
            for subscription in self._subscriptions:
                subscription.end()

    def _wanted(self) -> frozenset[str]:
        return frozenset().union(*(one.symbols for one in self._subscriptions))

    async def _next_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _read_while_enough(self, symbols: frozenset[str]) -> bool:
        """Read some symbols until others are wanted, or none. True: the stream has ended by itself."""
        for gone in self._newest.keys() - self._wanted():
            del self._newest[gone]
        self._read_now = symbols
        reading = asyncio.create_task(self._read(symbols))
        changing = asyncio.create_task(self._others_wanted(symbols))
        try:
            await asyncio.wait({reading, changing}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
                return True
            self._interrupt(frozenset(self._up), "other symbols are wanted: the stream is begun anew")
            return False
        finally:
            self._read_now = frozenset()
            reading.cancel()
            changing.cancel()
            await asyncio.gather(reading, changing, return_exceptions=True)

    async def _others_wanted(self, symbols: frozenset[str]) -> None:
        while (wanted := self._wanted()) and wanted <= symbols:
            await self._next_change()
        if wanted:
            await self._wall.sleep(GATHER_SECONDS)

    async def _read(self, symbols: frozenset[str]) -> None:
        messages = self._adapter.live_bars(sorted(symbols))
        try:
            async for message in messages:
                await self._on(message, symbols)
        finally:
            if isinstance(messages, AsyncGenerator):
                await messages.aclose()

    async def _on(self, message: BarMessage, symbols: frozenset[str]) -> None:
        match message:
            case LiveBar():
                self._bar(message)
            case HaltChanged(symbol=symbol, is_halted=is_halted):
                if is_halted:
                    self._halted[symbol] = message
                else:
                    self._halted.pop(symbol, None)
                self._told(message)
                self._forward(message, symbol)
            case FeedStale():
                self._tell(message)
            case FeedRestored(feed=feed):
                if message.is_complete:
                    message = await self._complete(message, [one for one in symbols if self._feed_of[one] is feed])
                self._tell(message)
            case _:
                for subscription in self._subscriptions:
                    subscription.put(message)

    def _bar(self, bar: LiveBar) -> None:
        self._newest[bar.symbol] = max(self._newest.get(bar.symbol, bar.end), bar.end)
        self._forward(bar, bar.symbol)

    def _forward(self, message: BarMessage, symbol: str) -> None:
        for subscription in self._subscriptions:
            if symbol in subscription.symbols:
                subscription.put(message)

    async def _complete(self, message: FeedRestored, symbols: Sequence[str]) -> FeedRestored:
        """A feed is there: what ended since its symbols were wanted, or between two streams, is asked for first."""
        before, bars = self._stale.get(message.feed), list[LiveBar]()
        if message.since is None:
            bars = await self._between({symbol: self._newest[symbol] for symbol in symbols})
        for bar in bars:
            self._bar(bar)
        self._failures = 0
        since = before.since if message.since is None and before is not None else message.since
        return replace(message, since=since, repaired=message.repaired + len(bars))

    async def _between(self, newest: Mapping[str, int]) -> list[LiveBar]:
        await self._adapter.clock()  # a venue on this machine has a time of its own, which may have been moved on
        now = instant_of(self._adapter.now())
        if not any(has_minute_ended(after, now) for after in newest.values()):
            return []
        await self._wall.sleep(PUBLISHED_SECONDS)
        return await self._missed(newest)

    async def _missed(self, newest: Mapping[str, int]) -> list[LiveBar]:
        return await missed_minutes(self._adapter, newest, instant_of(self._adapter.now()))

    def _interrupt(self, feeds: frozenset[Feed], reason: str) -> None:
        """The stream ends, and will begin anew."""
        for feed in sorted(feeds - self._stale.keys()):
            self._tell(FeedStale(feed=feed, since=self._adapter.now(), reason=reason))

    def _tell(self, change: FeedStale | FeedRestored) -> None:
        if isinstance(change, FeedStale):
            self._stale[change.feed] = change
        elif change.is_complete:
            self._stale.pop(change.feed, None)
            self._up.add(change.feed)
        self._told(change)
        for subscription in self._subscriptions:
            if change.feed in subscription.feeds:
                subscription.put(change)

    def _greet(self, made: Subscription) -> None:
        """Its symbols are read already: it learns how things stand."""
        for feed in sorted(made.feeds & self._up - self._stale.keys()):
            made.put(FeedRestored(feed=feed, since=None))
        for standing in self._standing():
            is_its = standing.feed in made.feeds if isinstance(standing, FeedStale) else standing.symbol in made.symbols
            if is_its:
                made.put(standing)

    def _standing(self) -> Iterator[FeedStale | HaltChanged]:
        yield from self._stale.values()
        yield from self._halted.values()

    def _forget(self) -> None:
        """Nobody is left."""
        for halted in self._halted.values():
            self._told(replace(halted, is_halted=False, reason="nobody reads of it any more"))
        for known in (self._feed_of, self._newest, self._stale, self._halted):
            known.clear()
        self._up.clear()
