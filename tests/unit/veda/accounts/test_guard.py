"""What a guard lets through: with what it remembers, over orders of one commit and over restarts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_fill, live_order, seconds, submission
from tests.unit.veda.risk.gate_views import RULES
from tests.unit.veda.trading.builders import draft_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.veda.accounts.guard import Guard, RunTerms
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.trading.books.draft import OrderChange


def guard(
    *,
    held: int = 0,
    may_short: bool = False,
    is_cut_by_venue: bool = False,
    limits: RiskLimits = RiskLimits(),  # noqa: B008 - a frozen value
    store: FakeTradingStore | None = None,
) -> Guard:
    """Of an account with one run, which holds so many of AAPL."""
    store = store or FakeTradingStore(FakeDisk())
    ledgers = Ledgers(ACCOUNT, store=store)
    made = Guard(
        ACCOUNT, ledgers=ledgers, store=store, limits=limits, rules=lambda _symbol: RULES,
        venue_refusal=lambda _order, _legs: None, account_equity=lambda: Decimal(100_000),
    )  # fmt: skip
    draft, _ = draft_of([])
    ledgers.open(draft, "run", Decimal(50_000))
    draft.seen()
    ledgers.price("AAPL", Decimal(100), NOON)
    if held:
        fill = live_fill("buy" if held > 0 else "sell", abs(held), 100)
        ledgers.hear([OrderChange(before=None, after=live_order(), fills=(fill,))])
    terms = RunTerms(
        limits=RiskLimits(), leverage=Decimal(1), may_short=may_short, symbols=frozenset({"AAPL"}),
        classes=frozenset({AssetClass.STOCK}), is_cut_by_venue=is_cut_by_venue,
    )  # fmt: skip
    made.admit("run", terms)
    return made


def target(quantity: int) -> LiveOrder:
    return live_order("new", "sell", quantity, may_be_cut=True)


def oco(quantity: int, side: str = "sell") -> LiveOrder:
    kind = {"order_class": OrderClass.OCO, "order_type": OrderType.LIMIT, "limit": 110 if side == "sell" else 90}
    return live_order("new", side, quantity, group_id="new", reduces=True, **kind)


@pytest.mark.parametrize(
    ("order", "held", "works", "left"),
    [
        (target(15), 10, 0, 10),  # a target below zero is cut to what is held, as a backtest's fill is
        (target(15), 10, 4, 6),
        (target(5), 10, 0, 5),
        (target(5), 0, 0, 5),  # of nothing it stays as it is, and is refused
        (live_order("new", "sell", 15), 10, 0, 15),  # whoever says how much gets that, or nothing
    ],
)
def test_a_sale_that_may_be_for_less_is_cut_to_what_is_held(order: LiveOrder, held: int, works: int, left: int) -> None:
    draft, _ = draft_of([live_order("old", "sell", works, order_type=OrderType.LIMIT, limit=105)] if works else [])
    assert guard(held=held).cut(draft, order, ()).quantity == left
    assert guard(held=held, may_short=True).cut(draft, order, ()).quantity == order.quantity


@pytest.mark.parametrize("may_short", [False, True])
@pytest.mark.parametrize(
    ("order", "held", "works", "left"),
    [
        (oco(15), 10, 0, 10),
        (oco(15), 10, 4, 6),
        (oco(5), 10, 4, 5),
        (oco(15), 0, 0, 15),  # of nothing it stays as it is, and is refused
        (oco(15), 10, 10, 15),
        (oco(15, "buy"), -10, 0, 10),
        (oco(15, "buy"), 10, 0, 15),
    ],
)
def test_an_oco_exits_what_is_held_and_no_more(
    order: LiveOrder, held: int, works: int, left: int, may_short: bool
) -> None:
    draft, _ = draft_of([live_order("old", "sell", works, order_type=OrderType.LIMIT, limit=105)] if works else [])
    assert guard(held=held, may_short=may_short).cut(draft, order, ()).quantity == left


def test_what_two_ocos_would_both_exit_is_the_first_ones() -> None:
    draft, _ = draft_of([replace(oco(7), id="old", group_id="old")])
    assert guard(held=10, may_short=True).cut(draft, oco(10), ()).quantity == 3


def test_a_replays_venue_cuts_by_itself() -> None:
    draft, _ = draft_of([])
    made = guard(held=10, is_cut_by_venue=True)
    assert made.cut(draft, oco(15), ()).quantity == made.cut(draft, target(15), ()).quantity == 15
    assert made.gate(draft, live_order("new", "sell", 15), (), Decimal(0)) is None


async def opened(store: FakeTradingStore, most: int) -> Guard:
    made = guard(limits=RiskLimits(orders_per_minute=most), store=store)
    await made.read(NOON)
    return made


def passed(made: Guard, *orders: LiveOrder, is_committed: bool = True) -> list[bool]:
    """Which of some orders go through that come in one commit."""
    draft, _ = draft_of([])
    found = [made.gate(draft, one, (), Decimal(0)) is None for one in orders]
    if is_committed:
        draft.seen()
    return found


def by_hand(number: int) -> LiveOrder:
    return live_order(f"hand-{number}", quantity=1, run_id=None)


@pytest.mark.anyio
async def test_orders_of_one_commit_count_for_each_other() -> None:
    made = await opened(FakeTradingStore(FakeDisk()), 3)
    assert passed(made, *map(by_hand, range(5)), is_committed=False) == [True, True, True, False, False]
    assert passed(made, *map(by_hand, range(2))) == [True, True]  # what was not committed does not count
    assert passed(made, *map(by_hand, range(2, 4))) == [True, False]


@pytest.mark.anyio
async def test_an_order_that_is_looked_at_again_counts_once() -> None:
    made = await opened(FakeTradingStore(FakeDisk()), 2)
    assert passed(made, by_hand(1)) == passed(made, by_hand(1)) == [True]  # it had waited
    assert passed(made, by_hand(2), by_hand(3)) == [True, False]


@pytest.mark.anyio
async def test_orders_that_were_sent_before_a_restart_count() -> None:
    store = FakeTradingStore(FakeDisk())
    async with store.transaction() as transaction:
        kept = [replace(by_hand(1), placed_at=seconds(-59)), replace(by_hand(2), placed_at=seconds(-61)), by_hand(3)]
        await transaction.put_orders(kept)
        await transaction.put_submissions([submission(one.id) for one in kept])
    assert passed(await opened(store, 3), by_hand(4), by_hand(5)) == [True, False]
