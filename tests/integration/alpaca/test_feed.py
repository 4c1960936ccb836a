"""Ticks of runs that share one stream, by the real SDK against the local exchange, are what its history makes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from tests.contracts.venues import AlpacaVenue, SystemWall
from tests.integration.alpaca.reading import PAIR, STOCK
from tests.local_exchange import LocalExchange
from tests.unit.veda.feed.feeding import columns, row
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, LiveBar
from weaver.veda.exchange.port import BarMessage
from weaver.veda.feed.hub import Change, Hub
from weaver.veda.feed.ticks import FeedTick, TickBuilder
from weaver.veda.feed.venue_bars import made_between
from weaver.veda.feed.warmup import BarHistory
from weaver.walle.bars.store import ParquetBarStore

pytestmark = pytest.mark.anyio
T = TypeVar("T")
CLASSES = {STOCK: AssetClass.STOCK, PAIR: AssetClass.CRYPTO}
INSTRUMENTS = {symbol: Instrument.default(symbol, asset_class) for symbol, asset_class in CLASSES.items()}
FIVE, DAILY = Timeframe.parse("5m"), Timeframe.parse("1d")
WAIT_SECONDS = 60.0


async def at_once(work: Callable[[], T]) -> T:
    return work()


class Run:
    """A run on some symbols: its ticks, in five minutes' bars."""

    def __init__(self, venue: AlpacaVenue, history: BarHistory, *symbols: str) -> None:
        self._venue, self._history = venue, history
        self.instruments = {symbol: INSTRUMENTS[symbol] for symbol in symbols}
        self.messages: list[BarMessage] = []
        self.ticks: list[FeedTick] = []
        self.after = instant_of(venue.adapter.now())
        self._builder = TickBuilder(self.instruments, FIVE, after=self.after)

    @asynccontextmanager
    async def on(self, hub: Hub) -> AsyncIterator[None]:
        with hub.subscribe({symbol: CLASSES[symbol] for symbol in self.instruments}) as subscription:

            async def read() -> None:
                for instrument in self.instruments.values():
                    warm = await self._history.warm_up(instrument, FIVE, time_of(self.after), 3)
                    self._builder.begin(warm.forming)
                async for message in subscription.messages():
                    self.messages.append(message)
                    assert self._builder.on(message) is None

            async with asyncio.TaskGroup() as group:  # that ends the block when reading fails
                reading = group.create_task(read())
                yield
                reading.cancel()

    def has(self, symbol: str, end: int) -> bool:
        """Whether the minute of a symbol that ended at an instant has come."""
        return any(isinstance(one, LiveBar) and (one.symbol, one.end) == (symbol, end) for one in self.messages)

    def heard(self, kind: type) -> int:
        return sum(isinstance(message, kind) for message in self.messages)

    async def decide(self) -> None:
        """Its time has gone on. The venue's clock is asked: moved by leaps, it seems to race in between."""
        clock = await self._venue.adapter.clock()
        self.ticks += self._builder.due(instant_of(clock.time))

    async def expected(self, symbol: str) -> list[tuple[float, ...]]:
        """What the venue's history of minutes makes, put together at once."""
        clock, hours = await self._venue.adapter.clock(), 2 * 60 * MINUTE
        start, end = self.after - hours, instant_of(clock.time)
        made = await made_between(self._venue.adapter, INSTRUMENTS[symbol], FIVE, start, end)
        return [one for one in columns(made.bars) if one[1] > self.after]


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not found():
            await asyncio.sleep(0.02)


async def test_two_runs_share_a_stream_over_a_cut_and_new_symbols(
    exchange: LocalExchange, venue: AlpacaVenue, tmp_path: Path
) -> None:
    told: list[Change] = []
    hub = Hub(venue.adapter, SystemWall(), told=told.append)
    history = BarHistory(ParquetBarStore(tmp_path), venue.adapter, aside=at_once)
    running = asyncio.create_task(hub.run())
    first = Run(venue, history, STOCK)
    try:
        async with first.on(hub):
            await until(lambda: first.heard(FeedRestored))
            for number in range(1, 4):
                await venue.advance(60)
                await until(lambda number=number: first.heard(LiveBar) >= number)
            await exchange.fault("refuse_connection", path="/v2/iex", times=1)
            await exchange.fault("disconnect", path="/v2/iex")
            await until(lambda: first.heard(FeedStale))
            await venue.advance(3 * 60)
            await until(lambda: first.heard(FeedRestored) >= 2)
            second = Run(venue, history, PAIR, STOCK)
            async with second.on(hub):
                cuts = first.heard(FeedStale)
                await until(lambda: first.heard(FeedStale) > cuts)
                await venue.advance(4 * 60)
                await until(lambda: first.heard(FeedRestored) >= 3 and second.heard(FeedRestored) >= 2)
                for _ in range(8):
                    await venue.advance(60)
                    newest = instant_of((await venue.adapter.clock()).time) // MINUTE * MINUTE
                    await until(lambda newest=newest: first.has(STOCK, newest) and second.has(STOCK, newest))
                    await until(lambda newest=newest: second.has(PAIR, newest))
                    for run in (first, second):
                        await run.decide()
                await venue.advance(10)
                for run in (first, second):
                    await run.decide()
                    for symbol in run.instruments:
                        bars = [row(bar) for tick in run.ticks for bar in tick.bars if bar.symbol == symbol]
                        assert bars == await run.expected(symbol)
                        assert len(bars) >= 2
                    assert [tick.time for tick in run.ticks] == sorted({tick.time for tick in run.ticks})
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [one for one in first.messages if isinstance(one, FeedStale)] == [
        one for one in told if isinstance(one, FeedStale) and one.feed is Feed.STOCK_BARS
    ]


async def test_warm_up_has_days_that_are_over_and_the_minutes_of_today(
    exchange: LocalExchange, venue: AlpacaVenue, tmp_path: Path
) -> None:
    del exchange
    history = BarHistory(ParquetBarStore(tmp_path), venue.adapter, aside=at_once)
    now = venue.adapter.now()
    days = await venue.adapter.calendar(now.date() - timedelta(days=10), now.date())
    over = [day for day in days if day.close <= now]
    for symbol, count in ((STOCK, 3), (PAIR, 5)):
        found = await history.warm_up(INSTRUMENTS[symbol], DAILY, now, count)
        assert len(found.bars) == count
        assert found.bars.end[-1] <= instant_of(now)
        assert found.source == f"{count} made of the 1d bars of {venue.adapter.source}"
        assert all(bar.end <= instant_of(now) for bar in found.forming)
        assert {time_of(bar.start).date() for bar in found.forming} == {now.date()}
        if symbol == STOCK:
            assert [time_of(int(stamp)).date() for stamp in found.bars.timestamp] == [day.date for day in over[-3:]]
            assert found.forming[0].start >= instant_of(days[-1].open)
