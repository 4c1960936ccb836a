"""The adapter around the venue: what it says before, while and after it is connected."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.simulated import replay_of, replaying, venue_of
from tests.unit.veda.adapters.simulated.sources.test_replay import EVER, MONDAY, bars_at, minutes, stock
from tests.virtual_wall import VirtualWall
from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.errors import InputError, Unavailable
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.model.run import RunMode
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.exchange.market import LiveBar
from weaver.veda.exchange.orders import OrderChange, OrderRequest
from weaver.veda.exchange.setup import Setup

BUY = OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(10))
MARGIN = AccountRules(cash=Decimal(1_000), kind=AccountKind.MARGIN, leverage=Decimal(2), shorting=True)


def adapter(rules: AccountRules | None = None) -> SimulatedAdapter:
    _, _, made = replaying({"AAA": stock(bars_at(minutes(3)))}, rules=rules)
    return made


async def held(one: SimulatedAdapter, request: OrderRequest = BUY) -> None:
    """Have an order fill at 100, and the first bar close at 100.5."""
    await one.connect()
    await one.instruments(["AAA"])
    await one.submit(request)
    async for message in one.live_bars(["AAA"]):
        if isinstance(message, LiveBar):
            return


def test_nothing_is_answered_before_connect_and_after_close() -> None:
    one = adapter()

    async def check() -> None:
        answers = [
            await one.submit(BUY),
            await one.cancel("x"),
            await one.replace("x", OrderChange(client_order_id="b")),
        ]
        for answer in answers:
            assert isinstance(answer, Refused)
            assert (answer.reason, answer.was_sent) == (Reason.UNREACHABLE, False)
        for question in (one.account, one.positions, one.open_orders):
            with pytest.raises(Unavailable, match="the simulated venue is not connected"):
                await question()

    async def run() -> None:
        await check()
        await one.connect()
        assert await one.open_orders() == ()
        await one.close()
        await check()

    asyncio.run(run())


def test_account_is_worth_what_it_holds() -> None:
    async def run() -> None:
        one = adapter()
        await held(one)
        account, (position,) = await one.account(), await one.positions()
        assert (account.cash, account.equity, account.buying_power, account.multiplier) == (99_000, 100_005, 99_000, 1)
        assert (position.quantity, position.available, position.average_price) == (10, 10, 100)
        assert position.price == Decimal("100.5")
        assert account.account_id.startswith("sim")

    asyncio.run(run())


def test_margin_account_can_buy_up_to_its_leverage() -> None:
    async def run() -> None:
        one = adapter(MARGIN)
        await held(one, replace(BUY, side=Side.SELL))
        account, (position,) = await one.account(), await one.positions()
        # Ten sold at 100 are worth 1,005 now: equity 995, of which twice may be held in all.
        assert (account.cash, account.equity, account.buying_power) == (2_000, 995, 1990 - 1005)
        assert (position.quantity, account.can_short) == (-10, True)

    asyncio.run(run())


def test_orders_and_fills_are_listed_from_an_instant_on() -> None:
    async def run() -> None:
        one = adapter()
        await held(one)
        resting = replace(BUY, client_order_id="b", order_type=OrderType.LIMIT, limit=Decimal(50), tif=TimeInForce.GTC)
        await one.submit(resting)
        assert [order.client_order_id for order in await one.orders_since(EVER)] == ["a", "b"]
        assert [order.client_order_id for order in await one.orders_since(MONDAY)] == ["b"]
        assert [order.client_order_id for order in await one.open_orders()] == ["b"]
        # It filled at an open, and came to be known as that bar ended.
        assert [fill.time for fill in await one.fills_since(MONDAY)] == [MONDAY]
        assert await one.fills_since(one.now()) == ()

    asyncio.run(run())


def test_order_is_refused_as_it_would_be_and_of_unknown_symbols_when_it_is_sent() -> None:
    async def run() -> None:
        one = adapter()
        await one.connect()
        half, unknown = replace(BUY, quantity=Decimal("0.5")), replace(BUY, symbol="ZZZ")
        refused = one.refusal(half)
        assert refused is not None
        assert refused.reason is Reason.QUANTITY
        assert await one.submit(half) == refused
        assert one.refusal(unknown) is None
        answer = await one.submit(unknown)
        assert isinstance(answer, Refused)
        assert answer.reason is Reason.INSTRUMENT

    asyncio.run(run())


def test_remembered_account_stays_the_same_and_orders_have_new_ids() -> None:
    wall = VirtualWall()

    def made(account_id: str | None, prefix: str) -> Any:
        setup = Setup(mode=RunMode.PAPER, wall=wall, chance=lambda: 0.5, settings={}, account_id=account_id)
        venue = venue_of(prefix=prefix)
        feed = replay_of({"AAA": stock(bars_at(minutes(1)))}, wall, venue)
        return AdapterCatalogue().make("simulated", setup, venue=venue, feed=feed)

    async def run() -> None:
        first = made(None, "a")
        account = await first.connect()
        second = made(account.account_id, "b")
        assert (await second.connect()).account_id == account.account_id
        await first.instruments(["AAA"])
        await second.instruments(["AAA"])
        assert (await first.submit(BUY)).value.venue_id != (await second.submit(BUY)).value.venue_id

    asyncio.run(run())


def test_it_is_listed_as_a_venue_for_paper_only_and_not_made_by_itself() -> None:
    entry = AdapterCatalogue().get("simulated")
    setup = Setup(mode=RunMode.PAPER, wall=VirtualWall(), chance=lambda: 0.5, settings={})
    with pytest.raises(InputError, match="venue simulated is made for a run, of its venue and feed: not by itself"):
        AdapterCatalogue().make("simulated", setup)
    assert (entry.modes, entry.settings, entry.error) == (("paper",), (), None)
    assert {"replay", "bracket", "short"} <= set(entry.features)
