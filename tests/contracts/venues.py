"""Venues to try adapters on: each with an adapter that is connected to it, and a hand on its market and its time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import anyio

from tests.local_exchange import LocalExchange
from tests.simulated import venue_of
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.research.simulated import LivePrices
from weaver.veda.adapters.alpaca.adapter import AlpacaAdapter
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.sources.followed import Followed
from weaver.veda.exchange.market import Feed, FeedRestored, LiveBar
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Setup

MINUTES, HOUR = Timeframe.parse("1m"), timedelta(hours=1)


class Venue(Protocol):
    """One account with 100,000 in cash and nothing else, in a market of AAPL and BTC/USD that is in session."""

    @property
    def adapter(self) -> ExchangeAdapter: ...

    is_replay: bool
    """Its bars are stored ones, of which it knows when an instant's have all come."""
    fills_by_bars: bool
    """It fills orders by the bars that it tells of."""

    async def pass_time(self, seconds: float) -> None:
        """Time goes by at the venue, and what is due in it is done and sent to whoever reads."""
        ...

    async def advance(self, seconds: float) -> None:
        """The same; and bars by which the venue fills are read, if it fills only by bars that somebody reads."""
        ...

    async def last_price(self, symbol: str) -> Decimal:
        """The newest."""
        ...

    def another(self) -> ExchangeAdapter:
        """Another adapter to the same account, not connected."""
        ...


class SystemWall:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def alpaca_settings(exchange: LocalExchange, *, mode: RunMode = RunMode.PAPER) -> dict[str, str]:
    """The settings of somebody who rehearses on a local exchange."""
    name = mode.value.upper()
    return {
        f"ALPACA_{name}_API_KEY": exchange.key,
        f"ALPACA_{name}_API_SECRET": exchange.secret,
        f"ALPACA_{name}_BASE_URL": exchange.url,
        "ALPACA_DATA_URL": exchange.url,
        "ALPACA_STREAM_URL": exchange.url.replace("http", "ws", 1),
    }


def alpaca_setup(
    exchange: LocalExchange,
    *,
    told: Callable[[str, Mapping[str, object]], None] = lambda _what, _facts: None,
    **changes: str,
) -> Setup:
    """Of an adapter to a local exchange."""
    settings = alpaca_settings(exchange) | changes
    return Setup(mode=RunMode.PAPER, wall=SystemWall(), chance=lambda: 0.5, settings=settings, told=told)


def alpaca_adapter(
    exchange: LocalExchange,
    *,
    told: Callable[[str, Mapping[str, object]], None] = lambda _what, _facts: None,
    **changes: str,
) -> AlpacaAdapter:
    """An adapter to a local exchange, not connected."""
    return AlpacaAdapter(alpaca_setup(exchange, told=told, **changes))


class AlpacaVenue:
    """The local exchange on hold, behind the Alpaca adapter."""

    is_replay = fills_by_bars = False

    def __init__(self, exchange: LocalExchange, adapter: AlpacaAdapter) -> None:
        self.exchange, self.adapter = exchange, adapter

    async def pass_time(self, seconds: float) -> None:
        await self.exchange.post("clock", {"advance": seconds})

    advance = pass_time

    async def last_price(self, symbol: str) -> Decimal:
        bars = await self.adapter.bars(symbol, MINUTES, self.adapter.now() - HOUR, self.adapter.now())
        return Decimal(repr(float(bars.bars.close[-1])))

    def another(self) -> AlpacaAdapter:
        return alpaca_adapter(self.exchange)


@asynccontextmanager
async def alpaca_venue(exchange: LocalExchange) -> AsyncIterator[AlpacaVenue]:
    """A fresh account, and the adapter connected to it."""
    await exchange.post("reset", {"cash": 100_000})
    adapter = alpaca_adapter(exchange)
    await adapter.connect()
    try:
        yield AlpacaVenue(exchange, adapter)
    finally:
        await adapter.close()


class FollowedVenue:
    """The simulated venue on the live bars of the local exchange, which hears of no order."""

    is_replay, fills_by_bars = False, True

    def __init__(self, followed: AlpacaVenue) -> None:
        self._followed = followed
        self._venue = venue_of(AccountRules(cash=Decimal(100_000)))
        self._feed = Followed(followed.adapter, pricing=LivePrices(lambda _: Costs()), venue=self._venue)
        self.adapter = self.another()
        self._ends: dict[str, int] = {}
        self._reader: asyncio.Task[None] | None = None

    def another(self) -> SimulatedAdapter:
        setup = Setup(mode=RunMode.PAPER, wall=SystemWall(), chance=lambda: 0.5, settings={})
        return SimulatedAdapter(setup, venue=self._venue, feed=self._feed)

    async def last_price(self, symbol: str) -> Decimal:
        return await self._followed.last_price(symbol)

    async def pass_time(self, seconds: float) -> None:
        await self._followed.pass_time(seconds)

    async def advance(self, seconds: float) -> None:
        """Read until the bars of all whole minutes have come."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
            while len(self._ends) < 2:
                await asyncio.sleep(0.01)
        await self.pass_time(seconds)
        await self._followed.adapter.clock()
        minute = 60 * 10**9
        due = self.adapter.now().timestamp() * 10**9 // minute * minute
        async with asyncio.timeout(60):
            while min(self._ends.values()) < due:
                await asyncio.sleep(0.01)

    async def _read(self) -> None:
        begun = int(self.adapter.now().timestamp() * 10**9)
        async for message in self.adapter.live_bars(["AAPL", "BTC/USD"]):
            if isinstance(message, FeedRestored):
                self._ends["AAPL" if message.feed is Feed.STOCK_BARS else "BTC/USD"] = begun
            if isinstance(message, LiveBar):
                self._ends[message.symbol] = message.end

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.adapter.close()


@asynccontextmanager
async def followed_venue(exchange: LocalExchange) -> AsyncIterator[FollowedVenue]:
    """The simulated venue, connected, with what it trades known to it."""
    async with alpaca_venue(exchange) as followed:
        made = FollowedVenue(followed)
        await made.adapter.connect()
        await made.adapter.instruments(["AAPL", "BTC/USD"])
        try:
            yield made
        finally:
            await made.close()
