"""What people may do with orders, as these stand."""

import asyncio
from collections.abc import Collection, Mapping
from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.accounts.test_trading_account import Shop, opened
from tests.unit.veda.live_builders import NOON, live_order, submission
from tests.unit.veda.risk.gate_views import RULES
from tests.virtual_wall import VirtualWall
from weaver.model.errors import Conflict
from weaver.model.orders.actions import OrderType, Side
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.orders import OrderRequest
from weaver.veda.manual.desk import Changes, Desk
from weaver.veda.manual.ticket import Ticket
from weaver.veda.risk.limits import RiskLimits


class Listing(Shop):
    """It lists what it trades, and takes whatever is ordered."""

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        return dict.fromkeys(symbols, RULES)

    def refusal(self, request: OrderRequest) -> None:
        return None


@pytest.mark.anyio
async def test_of_the_same_words_at_the_same_moment_one_is_new() -> None:
    store = FakeTradingStore(FakeDisk())
    account = opened(Listing(wall=VirtualWall(NOON)), store)
    account.guard.limits = RiskLimits.none()  # it has no equity yet
    account.ledgers.price("AAPL", Decimal(100), NOON)
    desk = Desk(store=store, new_id=iter(map(str, range(9))).__next__)
    ticket = Ticket(
        client_order_id="mine", symbol="AAPL", side=Side.BUY, quantity=Decimal(1), order_type=OrderType.LIMIT,
        limit=Decimal(99),
    )  # fmt: skip
    taken = await asyncio.gather(*(desk.place(ticket, account, None, corr_id="c") for _ in range(4)))
    assert len({one.order_id for one in taken}) == 1
    assert sorted(one.is_new for one in taken) == [False, False, False, True]


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
