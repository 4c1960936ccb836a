"""What people may do with orders, as these stand."""

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.accounts.test_trading_account import Shop, opened
from tests.unit.veda.live_builders import NOON, live_order, submission
from tests.virtual_wall import VirtualWall
from weaver.model.errors import Conflict
from weaver.model.orders.actions import OrderType
from weaver.veda.manual.desk import Changes, Desk


@pytest.mark.anyio
async def test_nothing_takes_the_place_of_an_order_that_is_being_cancelled() -> None:
    store = FakeTradingStore(FakeDisk())
    account = opened(Shop(wall=VirtualWall(NOON)), store)
    async with account.trader.books.change() as draft:
        draft.put(live_order(order_type=OrderType.LIMIT, limit=90))
        draft.put_submission(submission())
    desk = Desk(store=store, new_id=iter(map(str, range(9))).__next__)
    await desk.cancel("run-1", account, corr_id="c")
    with pytest.raises(Conflict, match="order run-1 is being cancelled"):
        await desk.replace("run-1", Changes(quantity=live_order().quantity), account, corr_id="c")
    assert [one.id for one in account.trader.books.known.all()] == ["run-1"]
