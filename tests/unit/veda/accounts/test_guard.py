"""What a guard lets through: with what it remembers, over orders of one commit and over restarts."""

from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, live_fill, live_order
from tests.unit.veda.risk.gate_views import RULES
from tests.unit.veda.trading.builders import draft_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.veda.accounts.guard import Guard, RunTerms
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.trading.books.draft import OrderChange


def guard(*, held: int = 0, may_short: bool = False) -> Guard:
    """Of an account with one run, which holds so many of AAPL."""
    store = FakeTradingStore(FakeDisk())
    ledgers = Ledgers(ACCOUNT, store=store)
    made = Guard(
        ACCOUNT, ledgers=ledgers, store=store, limits=RiskLimits(), rules=lambda _symbol: RULES,
        venue_refusal=lambda _order, _legs: None, account_equity=lambda: Decimal(100_000),
    )  # fmt: skip
    draft, _ = draft_of([])
    ledgers.open(draft, "run", Decimal(50_000))
    draft.seen()
    if held:
        ledgers.hear([OrderChange(before=None, after=live_order(), fills=(live_fill("buy", held, 100),))])
    terms = RunTerms(
        limits=RiskLimits(), leverage=Decimal(1), may_short=may_short, symbols=frozenset({"AAPL"}),
        classes=frozenset({AssetClass.STOCK}),
    )  # fmt: skip
    made.admit("run", terms)
    return made


def target(quantity: int) -> LiveOrder:
    return live_order("new", "sell", quantity, may_be_cut=True)


def oco(quantity: int) -> LiveOrder:
    kind = {"order_class": OrderClass.OCO, "order_type": OrderType.LIMIT, "limit": 110}
    return live_order("new", "sell", quantity, group_id="new", reduces=True, **kind)


@pytest.mark.parametrize(
    ("order", "held", "works", "left"),
    [
        (target(15), 10, 0, 10),  # a target below zero is cut to what is held, as a backtest's fill is
        (target(15), 10, 4, 6),
        (target(5), 10, 0, 5),
        (target(5), 0, 0, 5),  # of nothing it stays as it is, and is refused
        (oco(15), 10, 0, 10),  # exits never exceed the position
        (live_order("new", "sell", 15), 10, 0, 15),  # whoever says how much gets that, or nothing
    ],
)
def test_a_sale_that_may_be_for_less_is_cut_to_what_is_held(order: LiveOrder, held: int, works: int, left: int) -> None:
    draft, _ = draft_of([live_order("old", "sell", works, order_type=OrderType.LIMIT, limit=105)] if works else [])
    assert guard(held=held).cut(draft, order, ()).quantity == left
    assert guard(held=held, may_short=True).cut(draft, order, ()).quantity == order.quantity
