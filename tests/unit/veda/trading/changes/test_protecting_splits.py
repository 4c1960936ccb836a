"""The orders of a symbol over a split: their terms, and what of them is cancelled at the venue to be placed anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.unit.veda.live_builders import NOON, live_order, submission, venue_order
from tests.unit.veda.trading.builders import bracket, draft_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.runs.news import updates_of
from weaver.veda.trading.agenda import to_cancel
from weaver.veda.trading.changes.exits import left_to_exit
from weaver.veda.trading.changes.following import follow
from weaver.veda.trading.changes.protecting import (
    LESS_THAN_A_LOT,
    move,
    needs_protection,
    protect,
    split_sent,
    split_terms,
)

STOCK = Instrument(symbol="AAPL", asset_class=AssetClass.STOCK, tick=Decimal("0.01"), lot=Decimal(1))
TWO = Fraction(2)
LATER = NOON + timedelta(seconds=1)
FILLED: dict[str, Any] = {"status": OrderStatus.FILLED, "filled": 10, "value": 1000}


def held(names: Sequence[str], *, state: SubmissionState = SubmissionState.WORKING) -> list[Submission]:
    return [submission(name, part=Part.LEG, parent_id="run-1", state=state) for name in names]


def test_exits_of_a_filled_entry_follow_its_shares_and_are_placed_anew() -> None:
    over = submission("run-1", state=SubmissionState.ENDED)
    draft, known = draft_of(bracket(**FILLED), [over, *held(["run-2", "run-3"])])
    split_terms(draft, "AAPL", TWO, STOCK, before=LATER)
    move(draft, "AAPL", "a split", before=LATER)
    target, stop = draft.order("run-2"), draft.order("run-3")
    assert (target.quantity, target.limit) == (20, 65)
    assert (stop.quantity, stop.stop) == (20, 45)
    assert left_to_exit(draft, "run-1") == 20
    assert {target.waits_for, stop.waits_for} == {WaitsFor.SPLIT}
    assert not needs_protection(draft, "run-1")  # what stands has to go first
    assert [update for change in draft.changes() for update in updates_of(change)] == []  # told by the split itself
    draft.seen()
    assert {todo.id for todo in to_cancel(known, NOON, set())} == {"run-2", "run-3"}

    gone, _ = draft_of(known.all(), [over, *held(["run-2", "run-3"], state=SubmissionState.ENDED)])
    assert protect(gone, "run-1", Decimal(20)) == ()
    (sent, leg) = [one for name in ("run-2", "run-3") for one in gone.submissions_of(name)][1::2]
    assert (sent.part, sent.quantity, leg.parent_id) == (Part.PROTECTION, 20, sent.id)
    assert {gone.order(name).waits_for for name in ("run-2", "run-3")} == {None}


def test_a_reverse_split_leaves_as_much_to_exit_as_is_held() -> None:
    draft, _ = draft_of(bracket(**FILLED), [submission("run-1", state=SubmissionState.ENDED)])
    split_terms(draft, "AAPL", Fraction(1, 4), STOCK, before=LATER)
    assert left_to_exit(draft, "run-1") == 2
    assert draft.order("run-2").quantity == 2
    assert draft.order("run-1").split_added == -8


def test_an_order_by_itself_waits_until_what_stands_of_it_is_cancelled() -> None:
    order = live_order(order_type=OrderType.LIMIT, limit="101.01")
    draft, known = draft_of([order], [submission()])
    split_terms(draft, "AAPL", TWO, STOCK, before=LATER)
    move(draft, "AAPL", "a split", before=LATER)
    moved = draft.order("run-1")
    assert (moved.quantity, moved.limit, moved.waits_for) == (20, Decimal("50.5"), WaitsFor.SPLIT)
    draft.seen()
    assert [todo.id for todo in to_cancel(known, NOON, set())] == ["run-1"]


def test_an_unfilled_bracket_goes_and_comes_back_as_a_whole() -> None:
    legs = [submission(name, part=Part.LEG, parent_id="run-1") for name in ("run-2", "run-3")]
    orders = [bracket()[0], *(waiting(one) for one in bracket()[1:])]
    draft, known = draft_of(orders, [submission("run-1"), *legs])
    split_terms(draft, "AAPL", TWO, STOCK, before=LATER)
    move(draft, "AAPL", "a split", before=LATER)
    assert draft.order("run-1").waits_for is WaitsFor.SPLIT
    assert {draft.order(name).waits_for for name in ("run-2", "run-3")} == {WaitsFor.ENTRY}
    assert {draft.order(name).quantity for name in ("run-1", "run-2", "run-3")} == {20}
    draft.seen()
    assert [todo.id for todo in to_cancel(known, NOON, set())] == ["run-1"]


def test_an_entry_that_filled_in_part_is_not_gone_on_with() -> None:
    orders = bracket(status=OrderStatus.PARTIAL, filled=4, value=400)
    draft, _ = draft_of(orders, [submission("run-1"), *held(["run-2", "run-3"])])
    split_terms(draft, "AAPL", TWO, STOCK, before=LATER)
    move(draft, "AAPL", "a split of AAPL", before=LATER)
    assert draft.order("run-1").cancel_asked == "a split of AAPL"
    assert left_to_exit(draft, "run-1") == 8
    assert draft.order("run-2").waits_for is WaitsFor.SPLIT


def test_less_than_a_lot_is_cancelled() -> None:
    draft, _ = draft_of([live_order(quantity=3)], [submission(quantity=3)])
    split_terms(draft, "AAPL", Fraction(1, 10), STOCK, before=LATER)
    move(draft, "AAPL", "a split", before=LATER)
    assert draft.order("run-1").cancel_asked == LESS_THAN_A_LOT


def waiting(leg: LiveOrder) -> LiveOrder:
    return replace(leg, status=OrderStatus.PENDING, waits_for=WaitsFor.ENTRY)


def test_orders_of_after_a_split_are_on_its_scale_already_but_not_what_took_the_place_of_one_of_before() -> None:
    limit: dict[str, Any] = {"order_type": OrderType.LIMIT, "limit": 50, "placed_at": LATER}
    orders = [live_order(limit=100, order_type=OrderType.LIMIT), live_order("run-2", **limit)]
    orders.append(live_order("run-3", **limit | {"limit": 110}, replaces="run-1"))
    draft, _ = draft_of(orders, [submission("run-2"), submission("run-3")])
    split_terms(draft, "AAPL", TWO, STOCK, before=LATER)
    move(draft, "AAPL", "a split", before=LATER)
    new, instead = draft.order("run-2"), draft.order("run-3")
    assert (new.quantity, new.limit, new.waits_for) == (10, 50, None)
    assert (instead.quantity, instead.limit, instead.waits_for) == (20, 55, WaitsFor.SPLIT)


def test_what_a_venue_has_split_itself_is_not_cut_for_being_less() -> None:
    draft, _ = draft_of([live_order(may_be_cut=True)], [submission(venue_id="v-1")])
    split_terms(draft, "AAPL", Fraction(2, 5), STOCK, before=LATER)
    split_sent(draft, "AAPL", Fraction(2, 5), Decimal(1), before=LATER)
    follow(draft, draft.submission("run-1"), venue_order(quantity=4))
    assert draft.order("run-1").quantity == draft.submission("run-1").quantity == 4
    follow(draft, draft.submission("run-1"), venue_order(quantity=3))  # cut after that
    assert draft.order("run-1").quantity == draft.submission("run-1").quantity == 3
