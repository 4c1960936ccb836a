"""Orders on the live bars of another venue, which hears of none of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.simulated import adapter_on, replaying, venue_of
from tests.unit.veda.adapters.simulated.sources.test_replay import EVER, MINUTE, MONDAY, bars_at, minutes, stock
from tests.virtual_wall import VirtualWall
from weaver.model.account.costs import Costs
from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.research.simulated import LivePrices
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.sources.followed import Followed
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.exchange.market import HaltChanged, LiveBar
from weaver.veda.exchange.orders import OrderRequest, Source

BUY = OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(1))
LIMIT = replace(BUY, order_type=OrderType.LIMIT, limit=Decimal(99))


def live(minute: int, prices: str, *, symbol: str = "AAA", volume: float = 1000.0, **more: Any) -> LiveBar:
    """A minute's bar, counted from MONDAY, from "open high low close"."""
    start = instant_of(MONDAY + timedelta(minutes=minute))
    opened, high, low, close = map(float, prices.split())
    return LiveBar(
        symbol=symbol, start=start, end=start + 60 * 10**9, open=opened, high=high, low=low, close=close,
        volume=volume, **more,
    )  # fmt: skip


class Told:
    """Another venue as far as it is followed: it says what it is to say, each bar a second after its end."""

    def __init__(self, *messages: Any) -> None:
        self._messages, self._now = messages, MONDAY

    def now(self) -> datetime:
        return self._now

    def pass_(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def instruments(self, symbols: Any) -> dict[str, Any]:
        known = {one: instrument_rules(Instrument.default(one, AssetClass.STOCK), can_short=False) for one in symbols}
        return {one: replace(rules, is_tradable=one != "DEAD", flags=("gone",)) for one, rules in known.items()}

    async def live_bars(self, symbols: Any) -> AsyncIterator[Any]:
        for message in self._messages:
            if isinstance(message, LiveBar):
                self._now = max(self._now, datetime.fromtimestamp(message.end / 10**9 + 1, UTC))
            yield message


def following(*messages: Any) -> tuple[Told, SimulatedAdapter]:
    told = Told(*messages)
    venue = venue_of()
    return told, adapter_on(Followed(told, pricing=LivePrices(lambda _: Costs()), venue=venue), VirtualWall(), venue)  # type: ignore[arg-type]


async def prices_of(
    adapter: SimulatedAdapter, *orders: OrderRequest, after: int = 0, symbols: tuple[str, ...] = ("AAA", "BBB")
) -> list[Decimal]:
    """What the orders fill at that are sent after so many bars."""
    await adapter.connect()
    await adapter.instruments(symbols)
    seen = 0
    if not after:
        for order in orders:
            await adapter.submit(order)
    async for message in adapter.live_bars(symbols):
        seen += isinstance(message, LiveBar)
        if isinstance(message, LiveBar) and seen == after:
            for order in orders:
                await adapter.submit(order)
    return [fill.price for fill in await adapter.fills_since(EVER)]


def test_orders_fill_by_the_bars_that_come() -> None:
    _, adapter = following(live(0, "100 101 99 100"), live(1, "100.5 101 98 100"))
    assert asyncio.run(prices_of(adapter, BUY, replace(LIMIT, client_order_id="b"), after=1)) == [
        Decimal("100.5"),
        Decimal(99),
    ]


def test_order_that_answers_to_a_bar_counts_as_come_when_that_ended() -> None:
    told, adapter = following(live(0, "100 101 99 100"), live(1, "101 101 98 100"), live(2, "102 102 102 102"))

    async def run(seconds: float) -> list[Decimal]:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        seen = 0
        async for message in adapter.live_bars(["AAA"]):
            seen += isinstance(message, LiveBar)
            if isinstance(message, LiveBar) and seen == 1:
                told.pass_(seconds)
                await adapter.submit(replace(BUY, client_order_id=f"{seconds}"))
        return [fill.price for fill in await adapter.fills_since(EVER)]

    assert asyncio.run(run(0.9)) == [101]
    told, adapter = following(live(0, "100 101 99 100"), live(1, "101 101 98 100"), live(2, "102 102 102 102"))
    assert asyncio.run(run(1.1)) == [102]


@pytest.mark.parametrize(
    "late",
    [
        live(0, "50 50 50 50", is_correction=True),
        live(0, "50 50 50 50", source=Source.POLL),
        live(1, "50 50 50 50", volume=0.0),
    ],
)
def test_corrected_old_or_empty_bars_are_passed_on_and_fill_nothing(late: LiveBar) -> None:
    _, adapter = following(live(0, "100 101 99 100"), late, live(1, "101 101 101 101"))
    assert asyncio.run(prices_of(adapter, LIMIT, after=1)) == []


def test_all_bars_of_an_instant_come_before_its_session_is_over() -> None:
    # The last minute of the session; the order is for the symbol whose bar comes second.
    minute = 6 * 60 - 1
    bars = [live(minute, "100 100 100 100"), live(minute, "98 98 98 98", symbol="BBB"), live(minute + 1, "1 1 1 1")]
    _, adapter = following(*bars)
    orders = replace(LIMIT, symbol="BBB"), replace(LIMIT, client_order_id="b", limit=Decimal(50))
    assert asyncio.run(prices_of(adapter, *orders)) == [98]
    ended = asyncio.run(adapter.find_order_by_client_id("b"))
    assert ended is not None
    assert (ended.status, ended.tif) == ("expired", TimeInForce.DAY)


def test_other_messages_are_passed_on() -> None:
    halt = HaltChanged(symbol="AAA", is_halted=True, reason="news", time=MONDAY)
    _, adapter = following(halt)

    async def run() -> list[Any]:
        await adapter.connect()
        return [message async for message in adapter.live_bars(["AAA"])]

    assert asyncio.run(run()) == [halt]


def test_what_the_other_venue_cannot_trade_is_refused() -> None:
    _, adapter = following()

    async def run() -> str:
        await adapter.connect()
        await adapter.instruments(["DEAD"])
        refused = adapter.refusal(replace(BUY, symbol="DEAD"))
        assert refused is not None
        return refused.message

    assert asyncio.run(run()) == "DEAD is not tradable: gone"


def test_replay_followed_fills_what_the_replay_itself_does_and_hears_of_no_order() -> None:
    venue = venue_of()
    wall, _, inner = replaying({"AAA": stock(bars_at(minutes(5)))})
    outer = adapter_on(Followed(inner, pricing=LivePrices(lambda _: Costs()), venue=venue), wall, venue)

    async def run() -> None:
        await inner.connect()
        orders = BUY, replace(LIMIT, client_order_id="b", limit=Decimal(103))
        assert await prices_of(outer, *orders, after=2, symbols=("AAA",)) == [102, 102]
        assert await inner.orders_since(EVER) == () == await inner.fills_since(EVER)
        assert (await outer.clock()).time == outer.now() == inner.now()
        history = await outer.bars("AAA", MINUTE, EVER, MONDAY + timedelta(days=1))
        assert len(history.bars) == 5
        assert (inner.source, outer.source) == ("simulated on stored bars", "simulated on simulated on stored bars")
        assert await outer.corporate_actions("AAA", date(2021, 1, 1), date(2022, 1, 1)) == ()

    asyncio.run(run())
