"""A mute stream is found in its market's hours, and left alone outside them."""

import asyncio
from datetime import datetime

import pytest

from tests.contracts.venues import AlpacaVenue
from tests.integration.alpaca.reading import PAIR, STOCK, listening, order, resting, taken
from tests.local_exchange import LocalExchange
from weaver.veda.exchange.market import FeedRestored, FeedStale, LiveBar
from weaver.veda.exchange.orders import OrderUpdate

pytestmark = pytest.mark.anyio
MINUTE = 60.0
LOOKED_SECONDS = 3.0
"""Longer (wall) than a quiet socket is ever left unlooked at."""


async def friday_evening(exchange: LocalExchange) -> None:
    """The first Friday from now on, after extended hours have ended."""
    now = datetime.fromisoformat((await exchange.get("state"))["now"])
    days = (4 - now.weekday()) % 7
    await exchange.post("clock", {"advance": days * 86400 + 15 * 3600})


async def test_weekend_is_left_alone_and_pairs_are_not(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    taken(await venue.adapter.submit(resting()))
    await friday_evening(exchange)
    async with (
        listening(venue.adapter.live_bars([STOCK])) as stocks,
        listening(venue.adapter.live_bars([PAIR])) as pairs,
        listening(venue.adapter.order_updates()) as orders,
    ):
        for heard in (stocks, pairs, orders):
            await heard.until(lambda heard=heard: heard.of(FeedRestored))
        await exchange.fault("mute")
        await venue.advance(12 * 3600)
        await pairs.until(lambda: pairs.of(FeedStale))
        await asyncio.sleep(LOOKED_SECONDS)
        assert stocks.of(FeedStale) == []
        assert orders.of(FeedStale) == []
        assert len(pairs.of(LiveBar)) > 0


async def test_mute_order_stream_is_found_within_thirty_seconds(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.post("clock", {"advance": 3 * 86400})  # from the weekend into a session
    state = await exchange.get("state")
    now = datetime.fromisoformat(state["now"])
    clock = await venue.adapter.clock()
    if not clock.is_open:
        assert clock.next_open is not None
        await exchange.post("clock", {"advance": (clock.next_open - now).total_seconds() + 600})
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("mute", path="/stream")
        sent = taken(await venue.adapter.submit(order()))
        await venue.advance(2 * MINUTE)
        await heard.until(lambda: heard.of(FeedStale))
        told = [update for update in heard.of(OrderUpdate) if update.fill]
        assert [update.order.venue_id for update in told] == [sent.venue_id]
        await exchange.clear_faults()
        await heard.until(lambda: len(heard.of(FeedRestored)) == 2)
    assert len([update for update in heard.of(OrderUpdate) if update.fill]) == 1


async def test_quiet_order_stream_with_nothing_to_say_is_no_mute_one(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        taken(await venue.adapter.submit(resting()))
        await heard.until(lambda: heard.of(OrderUpdate))
        for _ in range(3):
            await venue.advance(MINUTE)
            await asyncio.sleep(1.2)
        assert heard.of(FeedStale) == []
