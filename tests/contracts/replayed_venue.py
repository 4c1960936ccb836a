"""The simulated venue to try adapters on: minutes of AAPL and BTC/USD out of a seed, replayed as far as is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from tests.contracts.venues import SystemWall
from tests.local_exchange import LocalExchange
from tests.simulated import priced, replay_of, venue_of
from weaver.greta.ledger.prices import Prices
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.model.run import RunMode
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.sources.replay import Replay
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.setup import Setup

FIRST, NOW = datetime(2024, 3, 4, tzinfo=UTC), datetime(2024, 3, 7, 15, 30, tzinfo=UTC)
"""Monday, and Thursday an hour after the open."""
DAYS = 4


def minutes(symbol: str, asset_class: AssetClass, price: float, seed: int) -> Prices:
    """Some days of a market out of a seed; a stock's in its session only."""
    first = instant_of(FIRST)
    stamps = first + MINUTE * np.arange(DAYS * 24 * 60)
    calendar = calendar_for(asset_class)
    stamps = stamps[calendar.is_regular(stamps, stamps + MINUTE)]
    steps = np.random.default_rng(seed).normal(0, price * 2e-4, len(stamps))
    closes = np.round(price + np.cumsum(steps), 2)
    opens = np.append(price, closes[:-1])
    bars = Bars(
        symbol=symbol,
        timeframe=Timeframe.parse("1m"),
        timestamp=stamps,
        end=stamps + MINUTE,
        open=opens,
        high=np.round(np.maximum(opens, closes) + 0.01, 2),
        low=np.round(np.minimum(opens, closes) - 0.01, 2),
        close=closes,
        volume=np.full(len(stamps), 10_000.0),
    )
    return priced(bars, Instrument.default(symbol, asset_class))


MARKET = {
    "AAPL": minutes("AAPL", AssetClass.STOCK, 170.0, 1),
    "BTC/USD": minutes("BTC/USD", AssetClass.CRYPTO, 60_000.0, 2),
}


class ReplayedVenue:
    """The simulated venue on a replay at full speed, which goes on as far as it is told to, or as its readers ask."""

    is_replay = fills_by_bars = True

    def __init__(self, venue: SimulatedVenue, replay: Replay, adapter: SimulatedAdapter) -> None:
        self._venue, self._replay, self.adapter = venue, replay, adapter

    async def pass_time(self, seconds: float) -> None:
        until = self.adapter.now() + timedelta(seconds=seconds)
        while self.adapter.now() + timedelta(minutes=1) <= until and await self._replay.step():
            pass

    advance = pass_time

    async def last_price(self, symbol: str) -> Decimal:
        price = self._venue.account.price(symbol)
        if price is None:
            page = await self.adapter.bars(symbol, Timeframe.parse("1m"), FIRST, self.adapter.now())
            price = Decimal(repr(float(page.bars.close[-1])))
        return price

    def another(self) -> SimulatedAdapter:
        return _adapter(self._venue, self._replay)


def _adapter(venue: SimulatedVenue, replay: Replay) -> SimulatedAdapter:
    setup = Setup(mode=RunMode.PAPER, wall=SystemWall(), chance=lambda: 0.5, settings={})
    return SimulatedAdapter(setup, venue=venue, feed=replay)


@asynccontextmanager
async def replayed_venue(exchange: LocalExchange) -> AsyncIterator[ReplayedVenue]:
    """A fresh account on Thursday, and the adapter connected to it. It needs no local exchange."""
    del exchange
    venue = venue_of()
    replay = replay_of(MARKET, SystemWall(), venue, start=NOW)
    adapter = _adapter(venue, replay)
    await adapter.connect()
    try:
        yield ReplayedVenue(venue, replay, adapter)
    finally:
        await adapter.close()
