"""Orders that are over for long: memory has them no more, and nothing is lost by that."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.integration.trading.account import PAIR, STOCK, Account, trading_account
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk
from weaver.model.orders.status import OrderStatus
from weaver.veda.trading.intents import Cancel, Replace

pytestmark = pytest.mark.anyio


async def test_what_is_asked_of_an_order_that_was_forgotten_is_answered_as_before(account: Account) -> None:
    order = await account.until_filled(await account.order(STOCK, 10))
    trader = account.trading.trader
    for intent in (
        Cancel(order_id=order.id, reason="no more"),
        Replace(old_id=order.id, order=account.made(STOCK, 5)),
    ):
        await trader.books.forget(trader.books._now() + timedelta(seconds=1))
        assert trader.books.known.order(order.id) is None
        await account.carry_out(intent)
        assert account.now(order) == order
    new = account.now(intent.order)
    assert (new.status, new.reason) == (OrderStatus.REJECTED, "order 1 is filled: it cannot be replaced")


async def test_a_restart_sends_nothing_for_orders_that_were_replaced_and_asks_for_none_of_them(
    exchange: LocalExchange,
) -> None:
    """An order that rests has the first look list all that came since, those that were replaced among them."""
    disk = FakeDisk()
    async with trading_account(exchange, disk) as account:
        low = round(await account.price(PAIR) * Decimal("0.95"))
        resting, *changed = [await account.order(PAIR, "0.01", limit=Decimal(low)) for _ in range(2)]
        for up in range(1, 6):
            await account.until(lambda: account.now(changed[-1]).status is OrderStatus.ACCEPTED, what="it to work")
            changed.append(account.made(PAIR, "0.01", limit=Decimal(low + up)))
            await account.carry_out(Replace(old_id=changed[-2].id, order=changed[-1]))
        await account.until(lambda: account.now(changed[-1]).status is OrderStatus.ACCEPTED, what="it to work")
        await account.cancel(changed[-1])
        await account.until(lambda: not account.is_working(changed[-1]), what="its end")
        sent, asked = await account.requests("DELETE", "/v2/orders"), await account.requests("GET", "/v2/orders/")
    async with trading_account(exchange, disk) as account:
        await account.until(lambda: account.trading.trader.is_ready, what="a look")
        await account.look()
        assert await account.requests("DELETE", "/v2/orders") == sent
        assert await account.requests("GET", "/v2/orders/") == asked
        assert account.is_working(resting)


async def test_memory_lets_go_of_what_is_over_for_an_hour(account: Account) -> None:
    order = await account.until_filled(await account.order(STOCK, 10))
    await account.pass_time(30 * 60)
    await account.trading.trader.looks.look()
    assert account.now(order) == order
    await account.pass_time(61 * 60)
    await account.trading.trader.looks.look()
    assert account.trading.trader.books.known.order(order.id) is None
    assert account.held() == await account.held_there() == 10
