"""What is wanted of an account's orders, as it is taken up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.veda.live_builders import live_order, seconds, submission
from tests.unit.veda.trading.builders import AlwaysOpen, Desk, Held, at_desk, bracket
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.model.orders.venue import VENUES
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.risk.refusal import Refusal, Rule
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace

REFUSAL = Refusal(rule=Rule.VENUE, message="not today")
RULES = InstrumentRules(
    instrument=Instrument.default("AAPL", AssetClass.STOCK), rules=VENUES["alpaca-stocks"], is_tradable=True,
    is_shortable=True, is_fractionable=True,
)  # fmt: skip


class OpensLater(AlwaysOpen):
    def opens_at(self, symbol: str, now: datetime) -> datetime:
        return seconds(3600)


def uncut(_draft: object, order: LiveOrder, _legs: object) -> LiveOrder:
    return order


def taken_up(
    intent: Intent,
    check: Callable[[Desk, Refusal | None], None],
    *,
    orders: Any = (),
    sent: Any = (),
    rules: InstrumentRules | None = None,
    **given: Any,
) -> None:
    """Take an intent up where 10 are held, and look at what became of it."""
    usual = {
        "gate": lambda *_: None,
        "cut": uncut,
        "holdings": Held(10),
        "hours": AlwaysOpen(),
        "is_ready": lambda: True,
    }

    async def go(desk: Desk) -> None:
        intake = Intake(**{**usual, "features": (), **given})
        if rules is not None:
            intake.rules["AAPL"] = rules
        async with desk.books.change() as draft:
            why = intake.take_up(draft, intent)
        check(desk, why)

    at_desk(go, orders, sent)


def new(side: str = "buy", **given: Any) -> LiveOrder:
    return live_order("run-9", side, number=9, status=OrderStatus.PENDING, **given)


def test_order_is_written_down_as_sent() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert why is None
        assert desk.order("run-9").status is OrderStatus.SUBMITTING
        assert (desk.sent("run-9").state, desk.sent("run-9").quantity) == (SubmissionState.SENDING, 10)

    taken_up(Place(order=new()), check)


def test_refused_order_is_in_the_books_and_nothing_is_sent() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert why is REFUSAL
        assert (desk.order("run-9").status, desk.order("run-9").reason) == (OrderStatus.REJECTED, "not today")
        assert desk.books.known.submission("run-9") is None

    taken_up(Place(order=new()), check, gate=lambda *_: REFUSAL)


def test_entry_waits_for_the_stream_and_an_exit_does_not() -> None:
    def waits(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order("run-9").waits_for) == (None, WaitsFor.STREAM)

    def goes(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order("run-9").status) == (None, OrderStatus.SUBMITTING)

    taken_up(Place(order=new()), waits, is_ready=lambda: False)
    taken_up(Place(order=new("sell")), goes, is_ready=lambda: False)


def test_order_for_the_open_waits_while_the_market_is_closed() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order("run-9").waits_for) == (None, WaitsFor.OPEN)

    taken_up(Place(order=new("sell"), is_for_open=True), check, hours=OpensLater())


def test_cancel_is_noted_with_its_reason() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order().status, desk.order().cancel_asked) == (None, OrderStatus.ACCEPTED, "no more")

    resting = live_order(order_type=OrderType.LIMIT, limit=90)
    taken_up(Cancel(order_id="run-1", reason="no more"), check, orders=[resting], sent=[submission()])


def test_replacement_goes_in_place_of_what_the_venue_has() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert why is None
        assert desk.sent("run-9").replaces == "run-1"
        assert desk.sent("run-9").state is SubmissionState.SENDING

    resting = live_order(order_type=OrderType.LIMIT, limit=90)
    change = Replace(old_id="run-1", order=new(order_type=OrderType.LIMIT, limit=91))
    taken_up(change, check, orders=[resting], sent=[submission()])


def test_what_no_venue_can_be_told_of_is_cancelled_and_placed_anew() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order().cancel_asked) == (None, "replaced by order 9")
        assert desk.order("run-9").waits_for is WaitsFor.CANCELS

    limit = {"order_type": OrderType.LIMIT, "limit": 90}
    change = Replace(old_id="run-1", order=new(tif=TimeInForce.GTD, expires=date(2026, 3, 6), **limit))
    rules = replace(RULES, ended_by_us=frozenset({TimeInForce.GTD}))
    resting = live_order(tif=TimeInForce.GTC, **limit)
    taken_up(change, check, orders=[resting], sent=[submission()], rules=rules)


@pytest.mark.parametrize("is_replaced", [False, True])
@pytest.mark.parametrize(
    ("exits", "has_one_tif", "ends"),
    [
        (TimeInForce.GTC, True, seconds(4 * 3600)),
        (TimeInForce.DAY, True, None),
        (TimeInForce.GTC, False, None),
    ],
)
def test_a_day_entry_is_ended_with_the_session_where_its_venue_would_have_it_last_as_long_as_its_exits(
    *, exits: TimeInForce, has_one_tif: bool, ends: datetime | None, is_replaced: bool
) -> None:
    entry, *legs = [replace(one, status=OrderStatus.PENDING, tif=exits) for one in bracket()]
    entry = replace(entry, tif=TimeInForce.DAY, order_type=OrderType.LIMIT, limit=Decimal(95))

    def check(desk: Desk, why: Refusal | None) -> None:
        order = desk.order("run-9" if is_replaced else "run-1")
        assert (order.tif, order.expires_at) == (TimeInForce.DAY, ends)
        assert {desk.order(leg.id).expires_at for leg in legs} == {None}

    rules = replace(RULES, has_one_tif=has_one_tif)
    if not is_replaced:
        taken_up(Place(order=entry, legs=tuple(legs)), check, rules=rules)
        return
    changed = new(order_type=OrderType.LIMIT, limit=94)
    orders = [replace(one, status=OrderStatus.ACCEPTED) for one in (entry, *legs)]
    taken_up(Replace(old_id="run-1", order=changed), check, orders=orders, sent=[submission()], rules=rules)


@pytest.mark.parametrize("has_one_tif", [True, False])
@pytest.mark.parametrize("is_entered", [True, False])
def test_exit_of_an_all_day_bracket_is_not_made_to_last_where_its_venue_has_one_time_for_all(
    *, has_one_tif: bool, is_entered: bool
) -> None:
    entry, profit, loss = [replace(one, tif=TimeInForce.DAY, status=OrderStatus.ACCEPTED) for one in bracket()]
    if is_entered:
        entry = replace(entry, status=OrderStatus.FILLED, filled=entry.quantity)

    def check(desk: Desk, why: Refusal | None) -> None:
        assert why is None
        replaced = desk.order("run-9")
        if not has_one_tif:
            assert replaced.status is not OrderStatus.REJECTED
            return
        assert replaced.status is OrderStatus.REJECTED
        assert replaced.reason.startswith(f"{loss.id} is day, as what is held with it: the venue has one time in force")
        assert (desk.order(loss.id).status, desk.order(loss.id).replaced_by) == (OrderStatus.ACCEPTED, None)
        assert desk.books.known.submission("run-9") is None

    change = new("sell", order_type=OrderType.STOP, stop=80, tif=TimeInForce.GTC)
    rules = replace(RULES, has_one_tif=has_one_tif)
    sent = [submission()]
    taken_up(Replace(old_id=loss.id, order=change), check, orders=[entry, profit, loss], sent=sent, rules=rules)


@pytest.mark.parametrize(("asked", "exited", "placed"), [(25, 0, 10), (25, 4, 6), (3, 0, 3)])
def test_exit_that_takes_anothers_place_is_for_what_is_left_to_exit(asked: int, exited: int, placed: int) -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order("run-9").quantity, desk.sent("run-9").quantity) == (None, placed, placed)

    entry, profit, loss = bracket(filled=10, status=OrderStatus.FILLED)
    if exited:
        profit = replace(profit, filled=Decimal(exited), status=OrderStatus.PARTIAL)
    change = Replace(
        old_id="run-3", order=replace(new("sell", order_type=OrderType.STOP, stop=95), quantity=Decimal(asked))
    )
    sent = [replace(submission("run-1"), state=SubmissionState.ENDED), submission("run-2"), submission("run-3")]
    taken_up(change, check, orders=[entry, profit, loss], sent=sent)


def test_replacement_of_what_is_being_cancelled_is_refused() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert desk.order("run-9").status is OrderStatus.REJECTED
        assert desk.order("run-9").reason == "order 1 is being cancelled: it cannot be replaced"
        assert desk.books.known.submission("run-9") is None
        assert desk.order().cancel_asked == "by hand"

    old = live_order(order_type=OrderType.LIMIT, limit=90, cancel_asked="by hand")
    intent = Replace(old_id="run-1", order=new(order_type=OrderType.LIMIT, limit=91))
    taken_up(intent, check, orders=[old], sent=[submission()])


def test_cancel_of_what_is_being_replaced_ends_what_takes_its_place() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert desk.order().cancel_asked == desk.order("run-2").cancel_asked == "by hand"

    old = live_order(order_type=OrderType.LIMIT, limit=90)
    coming = live_order("run-2", number=2, order_type=OrderType.LIMIT, limit=92, replaces="run-1")
    sent = [submission(), submission("run-2", replaces="run-1", state=SubmissionState.SENDING, venue_id=None)]
    taken_up(Cancel(order_id="run-1", reason="by hand"), check, orders=[old, coming], sent=sent)


def test_second_replacement_is_refused_while_one_is_on_its_way() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert desk.order("run-9").status is OrderStatus.REJECTED
        assert desk.order("run-9").reason == "order 1 is being replaced by order 2: it cannot be replaced"

    first = live_order("run-2", number=2, order_type=OrderType.LIMIT, limit=92, replaces="run-1")
    resting = live_order(order_type=OrderType.LIMIT, limit=90)
    change = Replace(old_id="run-1", order=new(order_type=OrderType.LIMIT, limit=91))
    taken_up(change, check, orders=[resting, first], sent=[submission()])


@pytest.mark.parametrize(("side", "reduces"), [("sell", True), ("buy", False)])
def test_what_takes_the_place_of_an_order_reduces_where_all_of_it_gets_out_of_a_position(
    side: str, reduces: bool
) -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert (why, desk.order("run-9").reduces) == (None, reduces)

    resting = live_order(side=side, order_type=OrderType.LIMIT, limit=110)
    change = Replace(old_id="run-1", order=new(side, order_type=OrderType.LIMIT, limit=111))
    taken_up(change, check, orders=[resting], sent=[submission()])


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, "1.5"),
        ({"order_type": OrderType.LIMIT, "limit": 90}, "1.5"),
        ({"tif": TimeInForce.GTC}, "1"),  # of which no venue takes a fraction
    ],
)
def test_whoever_has_a_fraction_of_a_share_can_sell_it(given: dict[str, Any], sent: str) -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert why is None
        assert desk.sent("run-9").quantity == Decimal(sent)

    order = replace(new("sell", **given), quantity=Decimal("1.5"), reduces=True)
    taken_up(Place(order=order), check, rules=RULES)


def test_where_no_fractions_are_taken_whole_shares_are_sold() -> None:
    def check(desk: Desk, why: Refusal | None) -> None:
        assert desk.sent("run-9").quantity == 1

    order = replace(new("sell"), quantity=Decimal("1.5"), reduces=True)
    taken_up(Place(order=order), check, rules=replace(RULES, is_fractionable=False))
