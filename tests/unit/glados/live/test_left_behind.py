"""What a run that is over has left at its venue, in words, whether or not its account is open."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, live_fill, live_order
from weaver.glados.live.left_behind import LeftAtVenues
from weaver.model.orders.status import OrderStatus
from weaver.model.run import Run, RunMode
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.positions.attribution import Effect, EffectKind
from weaver.veda.service import TradingService


class FakeAccount:
    """Open, with steps of a thousandth."""

    def __init__(self, store: FakeTradingStore) -> None:
        self.ledgers = Ledgers(ACCOUNT, store=store)
        self.flattened: list[tuple[str, str]] = []
        self.disowned: list[str] = []

    def closable(self, run_id: str) -> dict[str, Decimal]:
        there = self.ledgers.there(run_id)
        return {symbol: quantity for symbol, quantity in there.items() if abs(quantity) >= Decimal("0.001")}

    async def disown(self, run_id: str) -> None:
        self.disowned.append(run_id)

    async def flatten(self, run_id: str, *, corr_id: str) -> None:
        self.flattened.append((run_id, corr_id))


class FakeService:
    """One account, which is open or not."""

    def __init__(self, store: FakeTradingStore, *, is_open: bool) -> None:
        self._store, self.opened = store, FakeAccount(store)
        self.accounts = {ACCOUNT: self.opened} if is_open else {}

    def is_of_run(self, run: Run) -> bool:
        return run.venue == "simulated"

    def name_of(self, run: Run) -> str:
        return ACCOUNT

    async def of_order(self, name: str) -> FakeAccount:
        assert name == ACCOUNT
        return self.opened

    async def ledgers(self, name: str) -> Ledgers:
        found = Ledgers(name, store=self._store)
        await found.read()
        return found


def run_of(mode: RunMode = RunMode.PAPER, venue: str = "alpaca") -> Run:
    return Run(
        id="run", name="run", strategy_id="s", mode=mode, symbols=("AAPL",), venue=venue,
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip


def told(run: Run, orders: list[LiveOrder], fills: list[LiveFill], *, is_open: bool = False, by_others: int = 0) -> str:
    async def go() -> str:
        store = FakeTradingStore(FakeDisk())
        effect = Effect(symbol="AAPL", kind=EffectKind.OTHERS, quantity=Decimal(by_others))
        async with store.transaction() as transaction:
            await transaction.put_orders(orders)
            await transaction.add_fills(fills)
            await transaction.put_state(f"effects {ACCOUNT}", {"effects": [effect.as_json()], "foreign": []})
        service = FakeService(store, is_open=is_open)
        await service.opened.ledgers.read()
        return await LeftAtVenues(service=cast(TradingService, service), store=store).told(run)

    return asyncio.run(go())


OVER = [live_order(f"run-{number}", number=number, status=OrderStatus.FILLED) for number in (1, 2)]
BOUGHT, SOLD = live_fill("buy", 10, 100, time=1), live_fill("sell", 10, 101, time=2)


def test_nothing_is_left_of_what_was_sold_again_nor_of_a_run_that_ordered_nothing() -> None:
    assert told(run_of(), OVER, [BOUGHT, SOLD]) == ""
    assert told(run_of(), [], []) == ""


@pytest.mark.parametrize("is_open", [True, False])
def test_what_it_holds_and_what_works_is_told(is_open: bool) -> None:
    working = [live_order("run-3", number=3), live_order("run-4", number=4)]
    assert told(run_of(), OVER, [BOUGHT], is_open=is_open) == "holds 10 AAPL"
    assert told(run_of(), [*OVER, working[0]], [BOUGHT], is_open=is_open) == "works an order and holds 10 AAPL"
    assert told(run_of(), [*OVER, *working], [], is_open=is_open) == "works 2 orders"


def test_what_is_too_little_to_be_sold_is_left_to_the_account() -> None:
    sold = live_fill("sell", "9.9995", 101, time=2)
    assert told(run_of(), OVER, [BOUGHT, sold]) == "holds 0.0005 AAPL"  # of which nobody knows the step
    assert told(run_of(), OVER, [BOUGHT, sold], is_open=True) == ""


@pytest.mark.parametrize("is_open", [True, False])
def test_what_others_have_closed_is_not_left(is_open: bool) -> None:
    assert told(run_of(), OVER, [BOUGHT], is_open=is_open, by_others=-10) == ""
    assert told(run_of(), OVER, [BOUGHT], is_open=is_open, by_others=-4) == "holds 6 AAPL"


@pytest.mark.parametrize(("fills", "disowned"), [([BOUGHT], ["run"]), ([BOUGHT, SOLD], [])])
def test_what_is_in_its_ledger_when_it_is_deleted_is_nobodys(fills: list[LiveFill], disowned: list[str]) -> None:
    async def go() -> list[str]:
        store = FakeTradingStore(FakeDisk())
        async with store.transaction() as transaction:
            await transaction.put_orders(OVER)
            await transaction.add_fills(fills)
        service = FakeService(store, is_open=False)
        await LeftAtVenues(service=cast(TradingService, service), store=store).disown(run_of())
        return service.opened.disowned

    assert asyncio.run(go()) == disowned


def test_a_backtest_and_a_venue_of_the_runs_own_leave_nothing() -> None:
    assert told(run_of(RunMode.BACKTEST), OVER, [BOUGHT]) == ""
    assert told(run_of(venue="simulated"), OVER, [BOUGHT]) == ""


def test_it_is_closed_in_its_account_which_is_opened_for_that() -> None:
    store = FakeTradingStore(FakeDisk())
    service = FakeService(store, is_open=False)
    left = LeftAtVenues(service=cast(TradingService, service), store=store)
    asyncio.run(left.flatten(run_of(), corr_id="c"))
    assert service.opened.flattened == [("run", "c")]
