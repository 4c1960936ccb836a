"""What was asked of an account that was not open is done when it is, once."""

import asyncio
from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.accounts.test_trading_account import Shop, opened
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_fill, live_order, submission
from tests.virtual_wall import VirtualWall
from weaver.model.orders.status import OrderStatus
from weaver.veda.accounts.winding_up import as_json, scope_of
from weaver.veda.orders.submission import SubmissionState


async def left_behind(store: FakeTradingStore, *, flatten: bool) -> None:
    """A run bought ten, has another entry at work, and is to be wound up."""
    bought = live_order(status=OrderStatus.FILLED, filled=10, value=1000)
    entry = live_order("run-2", number=2, status=OrderStatus.ACCEPTED)
    whole = (Decimal(0), Decimal(10))
    async with store.transaction() as transaction:
        await transaction.put_orders([bought, entry])
        await transaction.put_submissions(
            [
                submission(state=SubmissionState.ENDED, counted=(whole,)),
                submission("run-2", state=SubmissionState.WORKING, venue_id="v-run-2"),
            ]
        )
        await transaction.add_fills([live_fill("buy", 10, 100, order_id="run-1")])
        await transaction.put_state(scope_of(ACCOUNT, "run"), as_json("run", reason="stopped", flatten=flatten))


@pytest.mark.anyio
@pytest.mark.parametrize("flatten", [False, True])
async def test_orders_are_cancelled_at_once_and_nothing_is_closed_before_the_first_look(flatten: bool) -> None:
    store = FakeTradingStore(FakeDisk())
    await left_behind(store, flatten=flatten)
    shop = Shop(wall=VirtualWall(NOON), held={"AAPL": 10})
    account = opened(shop, store)
    looking = asyncio.Event()
    shop.meanwhile = looking.wait
    await account.ledgers.read()
    async with account.trader, account.winding_up:
        entry = account.trader.books.known.order("run-2")
        assert entry is not None
        assert entry.cancel_asked == "stopped"
        assert account.winding_up.is_wanted("run") is flatten
        assert not [what for what, _ in shop.asked if what == "submit"]
    state = await store.state(scope_of(ACCOUNT, "run"))
    assert state is not None
    assert state["is_over"] is not flatten
