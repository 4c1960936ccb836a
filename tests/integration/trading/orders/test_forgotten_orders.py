"""Orders that are over for long: memory has them no more, and nothing is lost by that."""

from datetime import timedelta

import pytest

from tests.integration.trading.account import STOCK, Account
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


async def test_memory_lets_go_of_what_is_over_for_an_hour(account: Account) -> None:
    order = await account.until_filled(await account.order(STOCK, 10))
    await account.pass_time(30 * 60)
    await account.trading.trader.looks.look()
    assert account.now(order) == order
    await account.pass_time(61 * 60)
    await account.trading.trader.looks.look()
    assert account.trading.trader.books.known.order(order.id) is None
    assert account.held() == await account.held_there() == 10
