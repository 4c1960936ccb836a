"""Exits that somebody cancels by hand: the venue ends them together, tells of one, and what is left is seen at once."""

from decimal import Decimal

import pytest

from tests.integration.trading.account import STOCK, Account
from tests.integration.trading.orders.test_orders_at_the_venue import directly
from weaver.model.orders.status import OrderStatus

pytestmark = pytest.mark.anyio
S = OrderStatus


async def test_exit_cancelled_through_weaver_leaves_the_other_one_standing(account: Account) -> None:
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.look()
    looked_at = account.trading.trader.looks.looked_at
    await account.cancel(loss)
    await account.until(lambda: account.events("risk.ProtectionRestored"), what="the other", step=0.02)
    assert account.trading.trader.looks.looked_at == looked_at
    assert (account.now(loss).status, account.now(loss).reason) == (S.CANCELLED, "no more")
    assert account.now(profit).is_working
    (there,) = await account.at_venue()
    assert (there["type"], Decimal(there["qty"])) == ("limit", 10)
    assert len(account.events("risk.Unprotected")) == len(account.events("risk.ProtectionRestored")) == 1


async def test_exit_cancelled_at_the_venue_is_placed_anew_with_the_other(account: Account) -> None:
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.look()
    looked_at = account.trading.trader.looks.looked_at
    stop = next(one for one in await account.at_venue() if one["type"] == "stop")
    await directly(account, "DELETE", f"/v2/orders/{stop['id']}")
    await account.until(lambda: account.events("risk.ProtectionRestored"), what="both", step=0.02)
    assert account.trading.trader.looks.looked_at == looked_at
    assert [account.now(one).is_working for one in (profit, loss)] == [True, True]
    there = {one["id"]: one for one in await account.at_venue()}.values()
    assert {(one["order_class"], one["type"], Decimal(one["qty"])) for one in there} == {
        ("oco", "limit", 10),
        ("oco", "stop", 10),
    }
    assert len(account.events("risk.Unprotected")) == len(account.events("risk.ProtectionRestored")) == 1
