"""What people may do with orders, as these stand."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.accounts.test_trading_account import Shop, opened
from tests.unit.veda.live_builders import NOON, live_order, submission
from tests.unit.veda.risk.gate_views import RULES
from tests.unit.veda.trading.builders import bracket
from tests.virtual_wall import VirtualWall
from weaver.model.errors import Conflict, InvalidOrder
from weaver.model.orders.actions import OrderType, Side
from weaver.model.orders.status import OrderStatus
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


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("filled", "exited", "quantity", "is_taken"),
    [(0, 0, 11, False), (0, 0, 10, True), (4, 0, 11, False), (10, 3, 8, False), (10, 3, 7, True), (10, 3, None, True)],
)
async def test_an_exit_is_changed_to_no_more_than_there_is_to_exit(
    filled: int, exited: int, quantity: int | None, is_taken: bool
) -> None:
    store = FakeTradingStore(FakeDisk())
    account = opened(Listing(wall=VirtualWall(NOON)), store)
    account.ledgers.price("AAPL", Decimal(100), NOON)
    status = {0: OrderStatus.ACCEPTED, 4: OrderStatus.PARTIAL, 10: OrderStatus.FILLED}[filled]
    entry, profit, loss = bracket(order_type=OrderType.LIMIT, limit=100, filled=filled, status=status)
    async with account.trader.books.change() as draft:
        for one in (entry, replace(profit, filled=Decimal(exited)), loss):
            draft.put(replace(one, run_id=None))
            draft.put_submission(submission(one.id))
    account.guard.limits = RiskLimits.none()
    desk = Desk(store=store, new_id=iter(map(str, range(9))).__next__)
    changes = Changes(stop=Decimal(91), quantity=None if quantity is None else Decimal(quantity))
    if is_taken:
        assert account.trader.books.known.order(await desk.replace("run-3", changes, account, corr_id="c")) is not None
    else:
        with pytest.raises(InvalidOrder, match=f"is an exit of {10 - exited} at most: it cannot be for {quantity}"):
            await desk.replace("run-3", changes, account, corr_id="c")
