"""Exits that Alpaca cannot hold with their entry: Weaver keeps them back, and places them when the entry is over."""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from tests.integration.trading.account import PAIR, STOCK, Account, trading_account
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.status import OrderStatus as S
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.trading.intents import Place, Replace

pytestmark = pytest.mark.anyio
PROFIT = {"order_type": OrderType.LIMIT, "limit_percent": Decimal(20)}
LOSS = {"order_type": OrderType.STOP, "stop_percent": Decimal("12.5")}
TRAIL = {"order_type": OrderType.TRAILING_STOP, "trail_percent": Decimal(15)}
CENT = Decimal("0.01")


async def entered(account: Account, quantity: int, *exits: dict[str, Any], **given: Any) -> tuple[LiveOrder, ...]:
    """An entry whose exits have no price, or trail."""
    kind = OrderClass.BRACKET if len(exits) == 2 else OrderClass.OTO
    symbol = given.pop("symbol", STOCK)
    entry = account.made(symbol, quantity, order_class=kind, **given)
    legs = [account.made(symbol, -quantity, order_class=kind, **one) for one in exits]
    legs = [replace(leg, parent_id=entry.id, group_id=entry.id, tif=TimeInForce.GTC) for leg in legs]
    await account.carry_out(Place(order=entry, legs=tuple(legs)))
    return tuple(account.now(one) for one in (entry, *legs))


def prices_of(paid: Decimal) -> tuple[Decimal, Decimal]:
    """A profit of 20% up to the cent, a loss of 12.5% at the nearest one: by hand."""
    profit = (paid * Decimal("1.2")).quantize(CENT, rounding=ROUND_CEILING)
    return profit, (paid * Decimal("0.875")).quantize(CENT, rounding=ROUND_HALF_EVEN)


async def test_exits_in_percent_are_placed_at_what_the_entry_paid(account: Account) -> None:
    entry, profit, loss = await entered(account, 10, PROFIT, LOSS)
    assert [one["order_class"] for one in await account.at_venue()] in (["simple"], [""])
    entry = await account.until_filled(entry)
    await account.until(lambda: account.now(loss).status is S.ACCEPTED, what="its exits to work")
    assert entry.average_price is not None
    limit, stop = prices_of(entry.average_price)
    assert (account.now(profit).limit, account.now(loss).stop) == (limit, stop)
    there = await account.at_venue()
    assert {one["order_class"] for one in there} == {"oco"}
    assert {one["limit_price"] or one["stop_price"] for one in there} == {str(limit), str(stop)}
    assert not account.events("risk.Unprotected")  # nobody lost any


async def test_a_stop_that_trails_is_placed_when_its_entry_has_filled(account: Account) -> None:
    entry, stop = await entered(account, 10, TRAIL)
    await account.until_filled(entry)
    await account.until(lambda: account.now(stop).status is S.ACCEPTED, what="the stop to work")
    (there,) = await account.at_venue()
    assert (there["type"], Decimal(there["trail_percent"]), Decimal(there["qty"])) == ("trailing_stop", 15, 10)
    assert there["time_in_force"] == "gtc"


async def test_exits_of_an_entry_that_ends_part_filled_are_for_what_it_brought(account: Account) -> None:
    await account.exchange.fault("partial_fill", parts=5)
    entry, profit, loss = await entered(account, 10, PROFIT, LOSS)
    await account.until(lambda: account.now(entry).filled > 0, what="a part", step=10)
    assert account.sent(profit) == []
    await account.cancel(entry)
    await account.until(lambda: account.now(loss).status is S.ACCEPTED, what="its exits")
    entry = account.now(entry)
    assert 0 < entry.filled < 10
    assert entry.average_price is not None
    assert (account.now(profit).limit, account.now(loss).stop) == prices_of(entry.average_price)
    assert {Decimal(one["qty"]) for one in await account.at_venue()} == {entry.filled}


async def test_exits_of_an_entry_that_never_filled_end_with_it(account: Account) -> None:
    low = round(await account.price(STOCK) * Decimal("0.95"), 2)
    entry, profit, loss = await entered(account, 10, PROFIT, LOSS, limit=low)
    await account.until(lambda: account.now(entry).status is S.ACCEPTED, what="it to work")
    await account.cancel(entry)
    await account.until(lambda: not account.is_working(entry), what="its end")
    assert [account.now(one).status for one in (profit, loss)] == [S.CANCELLED] * 2
    assert account.sent(profit) == account.sent(loss) == []


async def test_exit_that_has_no_price_yet_can_be_changed(account: Account) -> None:
    low = round(await account.price(STOCK) * Decimal("0.95"), 2)
    entry, profit, loss = await entered(account, 10, PROFIT, LOSS, limit=low)
    await account.until(lambda: account.now(entry).status is S.ACCEPTED, what="it to work")
    nearer = account.made(STOCK, -10, order_type=OrderType.LIMIT, limit_percent=Decimal(20), tif=TimeInForce.GTC)
    assert await account.carry_out(Replace(old_id=profit.id, order=nearer)) == {}
    assert (account.now(profit).status, account.now(nearer).status) == (S.CANCELLED, S.PENDING)
    await account.cancel(entry)
    await account.until(lambda: not account.is_working(entry), what="its end")
    assert [account.now(one).status for one in (nearer, loss)] == [S.CANCELLED] * 2
    assert account.sent(nearer) == account.sent(loss) == []


async def test_exits_that_were_kept_back_are_placed_after_a_restart(exchange: LocalExchange) -> None:
    disk = FakeDisk()
    async with trading_account(exchange, disk) as account:
        entry, profit, loss = await entered(account, 10, PROFIT, LOSS)
        await account.until_still(lambda: account.sent(entry)[0].venue_id is not None, what="it to be there")
    await exchange.post("clock", {"advance": 120})
    async with trading_account(exchange, disk, runs=()) as account:
        await account.until(lambda: account.now(loss).status is S.ACCEPTED, what="its exits")
        paid = account.now(entry).average_price
        assert paid is not None
        assert (account.now(profit).limit, account.now(loss).stop) == prices_of(paid)


async def test_what_the_venue_cannot_hold_side_by_side_is_refused(account: Account) -> None:
    entry, profit, stop = await entered(account, 10, PROFIT, TRAIL)
    assert (entry.status, entry.reason) == (
        S.REJECTED,
        "the venue holds no trailing_stop order beside another exit of a position",
    )
    assert [one.status for one in (profit, stop)] == [S.CANCELLED] * 2
    entry, _ = await entered(account, 1, LOSS, symbol=PAIR)
    assert (entry.status, entry.reason) == (S.REJECTED, "alpaca-crypto takes no oto orders")
    assert await account.at_venue() == []
