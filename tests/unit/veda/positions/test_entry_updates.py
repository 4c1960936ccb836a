"""What entries of a ledger are to its strategy, by hand."""

from datetime import date
from decimal import Decimal

from tests.unit.veda.live_builders import live_fill, seconds
from weaver.model.account.carry import CarryKind
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import Side
from weaver.veda.inputs import CashMoved, HouseFilled, SplitSeen
from weaver.veda.positions.entries import CarryEntry, DelistingEntry, DividendEntry, FeeEntry, SplitEntry
from weaver.veda.positions.entry_updates import all_updates, updates_of
from weaver.veda.positions.sub_ledger import SubLedger

DAY = date(2026, 3, 4)
EMPTY = SubLedger.opened("run", Decimal(10_000))
HELD = EMPTY.booked(live_fill("buy", 15, 100))
THREE_FOR_TWO = SplitEntry(
    symbol="AAPL", numerator=3, denominator=2, previous_close=Decimal(120), lot=Decimal(1), ex_date=DAY, time=seconds(1)
)
SEEN = SplitSeen(symbol="AAPL", numerator=3, denominator=2, ex_date=DAY, since=instant_of(seconds(1)))
DIVIDEND = DividendEntry(symbol="AAPL", amount=Decimal("0.5"), ex_date=DAY, time=seconds(2))


def test_a_split_is_seen_and_its_fraction_paid() -> None:
    assert updates_of(HELD, THREE_FOR_TWO) == [
        SEEN,
        CashMoved(symbol="AAPL", kind="fraction", amount=Decimal(40)),  # half a share at 120 x 2/3
    ]
    assert updates_of(EMPTY, THREE_FOR_TWO) == [SEEN]  # the series are on another scale


def test_a_dividend_is_paid_on_what_is_held_and_by_a_short() -> None:
    assert updates_of(HELD, DIVIDEND) == [CashMoved(symbol="AAPL", kind="dividend", amount=Decimal("7.5"))]
    short = EMPTY.booked(live_fill("sell", 4, 100))
    assert updates_of(short, DIVIDEND) == [CashMoved(symbol="AAPL", kind="dividend", amount=Decimal(-2))]
    assert updates_of(EMPTY, DIVIDEND) == []


def test_what_holding_costs_is_cash_of_no_position() -> None:
    interest = CarryEntry(symbol="", kind=CarryKind.MARGIN_INTEREST, amount=Decimal(-60), time=seconds(1))
    assert updates_of(HELD, interest) == [CashMoved(symbol="", kind="margin_interest", amount=Decimal(-60))]
    assert HELD.after(interest).positions == HELD.positions


def test_a_delisting_is_a_sale_by_the_house_and_a_fee_takes_of_both() -> None:
    gone = DelistingEntry(symbol="AAPL", value=Decimal(3), ex_date=DAY, time=seconds(3))
    (sale,) = updates_of(HELD, gone)
    assert sale == HouseFilled(
        symbol="AAPL",
        side=Side.SELL,
        quantity=Decimal(15),
        price=Decimal(3),
        commission=Decimal(0),
        time=instant_of(seconds(3)),
    )
    assert updates_of(EMPTY, gone) == []
    fee = FeeEntry(symbol="AAPL", amount=Decimal(2), quantity=Decimal("0.1"), time=seconds(3))
    assert updates_of(HELD, fee) == [CashMoved(symbol="AAPL", kind="fee", amount=Decimal(-2), quantity=Decimal("-0.1"))]


def test_a_ledgers_entries_are_told_as_it_stood_at_each() -> None:
    bought, more = live_fill("buy", 15, 100), live_fill("buy", 8, 80, time=2)
    ledger = EMPTY.booked(bought).after(THREE_FOR_TWO).booked(more).after(DIVIDEND)
    assert all_updates(ledger, [bought, more]) == [
        (instant_of(seconds(1)), SEEN),
        (instant_of(seconds(1)), CashMoved(symbol="AAPL", kind="fraction", amount=Decimal(40))),
        (instant_of(seconds(2)), CashMoved(symbol="AAPL", kind="dividend", amount=Decimal(15))),  # 22 + 8 shares
    ]
