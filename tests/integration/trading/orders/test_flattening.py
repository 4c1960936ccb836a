"""All that a run holds, closed."""

import pytest

from tests.integration.trading.account import STOCK, Account
from weaver.model.orders.status import OrderStatus

pytestmark = pytest.mark.anyio
S = OrderStatus


async def test_what_is_flattened_twice_in_a_second_is_closed_once(account: Account) -> None:
    held = await account.until_filled(await account.order(STOCK, 10))
    for _ in range(2):
        await account.trading.flatten("run", corr_id="tested")
    await account.until(lambda: not account.held(), what="the close", step=20)
    closing = [one for one in account.disk.tables.orders.values() if one.id != held.id]
    await account.until(lambda: not any(map(account.is_working, closing)), what="the end of both")
    await account.look()
    assert sorted(account.now(one).status for one in closing) == [S.CANCELLED, S.FILLED]
    assert await account.held_there() == account.held() == 0
