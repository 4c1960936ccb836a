"""What a venue shows of an order, worked into the books."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import live_order, submission, venue_order
from tests.unit.veda.trading.builders import bracket, draft_of, venue_fill
from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part, SubmissionState
from weaver.veda.trading.changes.exits import needs_protection
from weaver.veda.trading.changes.following import OVER_AT_VENUE, adopt, follow, lacks_successor, submission_of

S = OrderStatus
SENDING = submission(state=SubmissionState.SENDING, venue_id=None)


@pytest.mark.parametrize(
    ("known", "shown", "becomes"),
    [
        (S.SUBMITTING, S.SUBMITTED, S.SUBMITTED),
        (S.SUBMITTING, S.ACCEPTED, S.ACCEPTED),
        (S.ACCEPTED, S.SUBMITTED, S.ACCEPTED),  # an older word
        (S.ACCEPTED, S.CANCELLED, S.CANCELLED),
        (S.ACCEPTED, S.EXPIRED, S.EXPIRED),
        (S.SUBMITTING, S.REJECTED, S.REJECTED),
        (S.CANCELLED, S.ACCEPTED, S.CANCELLED),  # over is over
    ],
)
def test_a_status_only_goes_on(known: OrderStatus, shown: OrderStatus, becomes: OrderStatus) -> None:
    draft, _ = draft_of([live_order(status=known)], [SENDING])
    follow(draft, SENDING, venue_order(status=shown))
    assert draft.order("run-1").status is becomes
    ended = shown.is_final
    assert draft.submission("run-1").state is (SubmissionState.ENDED if ended else SubmissionState.WORKING)
    assert draft.submission("run-1").venue_id == "v-run-1"


def test_an_order_does_not_end_before_its_fills_are_told() -> None:
    draft, _ = draft_of([live_order()], [submission()])
    over = venue_order(status=S.CANCELLED, filled_quantity=4, average_price=100)
    follow(draft, submission(), over)
    assert draft.order("run-1").status is S.ACCEPTED

    follow(draft, draft.submission("run-1"), over, is_all_told=True)
    order = draft.order("run-1")
    assert (order.status, order.filled, order.value) == (S.CANCELLED, 4, 400)


def test_a_fill_comes_with_its_update_and_counts_once() -> None:
    draft, _ = draft_of([live_order()], [submission()])
    fill = venue_fill("run-1", 4, 100, cumulative_quantity=Decimal(4))
    for _ in range(2):
        follow(draft, draft.submission("run-1"), venue_order(filled_quantity=4, status=S.PARTIAL), fill)
    assert (draft.order("run-1").status, draft.order("run-1").filled) == (S.PARTIAL, 4)
    assert [one.quantity for one in draft.fills_of("run-1")] == [4]


def test_a_venue_may_cut_off_what_cannot_be_paid_for() -> None:
    for may_be_cut, quantity in ((True, 7), (False, 10)):
        draft, _ = draft_of([live_order(may_be_cut=may_be_cut)], [submission()])
        follow(draft, submission(), venue_order(quantity=7))
        assert draft.order("run-1").quantity == draft.submission("run-1").quantity == quantity


@pytest.mark.parametrize(("filled", "ends"), [(10, S.FILLED), (4, S.CANCELLED)])
def test_exits_wait_no_more_for_an_entry_that_is_over(filled: int, ends: OrderStatus) -> None:
    entry, *legs = bracket(status=S.ACCEPTED)
    waiting = [replace(one, status=S.PENDING, waits_for=WaitsFor.ENTRY) for one in legs]
    held = [submission(one.id, part=Part.LEG, parent_id="run-1") for one in legs]
    draft, _ = draft_of([entry, *waiting], [submission("run-1"), *held])
    shown = venue_order(status=ends, filled_quantity=filled, average_price=100)
    follow(draft, draft.submission("run-1"), shown, is_all_told=True)
    assert draft.order("run-1").status is ends
    assert [(draft.order(one.id).quantity, draft.order(one.id).waits_for) for one in legs] == [(filled, None)] * 2


def test_an_exit_that_the_venue_holds_for_more_is_not_over_when_it_has_filled_as_far_as_was_asked() -> None:
    """Its entry of 10 was replaced by one for 7 when 3 had filled, and filled 2 more before the venue heard of that."""
    legs = [submission("run-3", part=Part.LEG, parent_id="run-1")]
    draft, _ = draft_of(bracket(filled=12, status=S.FILLED), [submission("run-1"), *legs])
    fill = venue_fill("run-3", 10, 90, side="sell", cumulative_quantity=Decimal(10))
    shown = venue_order("run-3", "sell", 12, status=S.PARTIAL, filled_quantity=10)
    follow(draft, draft.submission("run-3"), shown, fill)
    stop = draft.order("run-3")
    assert (stop.status, stop.quantity, stop.remaining) == (S.PARTIAL, 12, 2)
    assert draft.submission("run-3").quantity == 12

    follow(draft, draft.submission("run-3"), replace(shown, status=S.CANCELLED))
    assert draft.order("run-3").is_working  # to be placed anew, for the two that lie open
    assert needs_protection(draft, "run-1")


def test_which_of_ours_an_order_is() -> None:
    legs = [submission("run-2", part=Part.LEG, parent_id="run-1", venue_id=None)]
    _, known = draft_of([*bracket()], [submission("run-1"), submission("run-9", venue_id=None), *legs])
    found = [
        submission_of(known, venue_order("made-by-the-venue", venue_id="v-run-1")),
        submission_of(known, venue_order("run-9")),
        submission_of(known, venue_order("run-2")),  # the venue never heard that id of a leg
        submission_of(known, venue_order("run-1", venue_id="another")),  # ours has a venue's id already
    ]
    assert [None if one is None else one.id for one in found] == ["run-1", "run-9", None, None]


def test_legs_come_to_light_with_their_entry() -> None:
    orders = [bracket()[0], *(one for one in bracket()[1:])]
    legs = [
        submission(name, part=Part.LEG, parent_id="run-1", venue_id=None, state=SubmissionState.SENDING)
        for name in ("run-2", "run-3")
    ]
    draft, _ = draft_of(orders, [submission("run-1"), *legs])
    target = venue_order("t", "sell", order_type=OrderType.LIMIT, limit=130)
    follow(draft, submission("run-1"), venue_order(legs=(target,)), is_whole=True)
    assert draft.submission("run-2").venue_id == "v-t"
    assert draft.submission("run-3").state is SubmissionState.ENDED  # asked for by its id, and not there


def test_an_exit_that_ends_while_its_position_is_there_is_placed_anew() -> None:
    orders = bracket(status=S.FILLED, filled=10, value=1000)
    draft, _ = draft_of(orders, [submission("run-2", part=Part.LEG, parent_id="run-1")])
    follow(draft, draft.submission("run-2"), venue_order("run-2", "sell", status=S.CANCELLED))
    assert draft.order("run-2").is_working
    assert draft.submission("run-2").state is SubmissionState.ENDED


def test_an_exit_that_was_asked_to_end_is_over() -> None:
    orders = bracket(status=S.FILLED, filled=10, value=1000)
    draft, _ = draft_of(orders, [submission("run-2", part=Part.LEG, parent_id="run-1")])
    draft.put(replace(draft.order("run-2"), cancel_asked="by hand"))
    follow(draft, draft.submission("run-2"), venue_order("run-2", "sell", status=S.CANCELLED))
    assert (draft.order("run-2").status, draft.order("run-2").reason) == (S.CANCELLED, "by hand")


def test_the_exits_of_a_part_are_for_that_part() -> None:
    entry, *legs = bracket(status=S.PARTIAL, filled=4, value=400)
    waiting = [replace(one, status=S.PENDING, waits_for=WaitsFor.ENTRY) for one in legs]
    counted = ((Decimal(0), Decimal(4)),)
    draft, _ = draft_of([entry, *waiting], [submission("run-1", counted=counted)])
    over = venue_order(status=S.CANCELLED, filled_quantity=4, reason="the session is over")
    follow(draft, draft.submission("run-1"), over)
    assert (draft.order("run-1").status, draft.order("run-1").reason) == (S.CANCELLED, "the session is over")
    assert [draft.order(one.id).quantity for one in waiting] == [4, 4]


def test_the_half_that_closes_an_order_through_zero_leaves_the_other_to_be_sent() -> None:
    closing = submission("run-1", 6, part=Part.CLOSE)
    for cancel_asked, becomes in ((None, WaitsFor.CLOSE), ("enough", None)):
        draft, _ = draft_of([live_order(side="sell", cancel_asked=cancel_asked)], [closing])
        fill = venue_fill("run-1", 6, 100, side="sell", cumulative_quantity=Decimal(6))
        follow(draft, closing, venue_order(side="sell", quantity=6, status=S.FILLED, filled_quantity=6), fill)
        order = draft.order("run-1")
        assert (order.filled, order.waits_for) == (6, becomes)
        assert order.status is (S.PARTIAL if cancel_asked is None else S.CANCELLED)


def test_an_order_that_was_replaced_ends_in_favour_of_the_new_one_and_its_legs_go_along() -> None:
    old, *legs = bracket()
    new = live_order("run-4", number=4, replaces="run-1", status=S.SUBMITTING)
    sent = submission("run-4", replaces="run-1")
    held = [submission(one.id, part=Part.LEG, parent_id="run-1") for one in legs]
    draft, _ = draft_of([old, *legs, new], [submission("run-1"), sent, *held])
    over = venue_order(status=S.CANCELLED, replaced_by="v-run-4")
    assert not lacks_successor(draft, submission("run-1"), over)
    follow(draft, submission("run-1"), over)
    was = draft.order("run-1")
    assert (was.status, was.reason, was.replaced_by) == (S.CANCELLED, "replaced by order 4", "run-4")
    assert {draft.submission(one.id).parent_id for one in legs} == {"run-4"}


def test_what_stands_in_its_place_is_asked_for_while_it_may_be_ours_or_the_venues_own() -> None:
    new = live_order("run-4", number=4, replaces="run-1", status=S.SUBMITTING)
    sent = submission("run-4", venue_id=None, state=SubmissionState.SENDING, replaces="run-1")
    draft, _ = draft_of([live_order(), new], [submission(), sent])
    over = venue_order(status=S.CANCELLED, replaced_by="v-unknown")
    assert lacks_successor(draft, submission(), over)
    follow(draft, submission(), over)
    assert draft.order("run-1").is_working


def test_an_order_in_whose_place_a_stranger_stands_is_not_over_yet() -> None:
    draft, _ = draft_of([live_order()], [submission()])
    over = venue_order(status=S.CANCELLED, replaced_by="v-stranger")
    assert lacks_successor(draft, submission(), over)
    follow(draft, submission(), over)
    assert draft.order("run-1").is_working

    made = adopt(draft, submission(), "v-stranger")
    assert (made.id, made.order_id, made.state) == ("run-1.2", "run-1", SubmissionState.WORKING)
    assert adopt(draft, submission(), "v-stranger") == made  # the same again


def test_what_was_seen_to_end_does_not_work_again_whatever_the_venue_shows_of_it() -> None:
    over = submission(state=SubmissionState.ENDED)
    for late in ({"replaced_by": "v-run-4"}, {"filled_quantity": 3, "average_price": 100}):
        draft, _ = draft_of([live_order(status=S.CANCELLED, replaced_by="run-4")], [over])
        shown = venue_order(status=S.CANCELLED, **late)
        follow(draft, over, shown)
        assert draft.submission("run-1") == over
        follow(draft, over, shown, is_all_told=True)
        assert (draft.submission("run-1").state, draft.order("run-1").filled) == (
            SubmissionState.ENDED, shown.filled_quantity,
        )  # fmt: skip


def test_a_leg_that_the_venue_ended_without_a_word_says_so() -> None:
    orders = bracket(status=S.CANCELLED)
    draft, _ = draft_of(orders, [submission("run-2", part=Part.WHOLE)])
    follow(draft, draft.submission("run-2"), venue_order("run-2", "sell", status=S.REJECTED))
    assert (draft.order("run-2").status, draft.order("run-2").reason) == (S.REJECTED, "")
    leg = submission("run-3", part=Part.LEG, parent_id="run-1")
    draft, _ = draft_of([*orders], [leg])
    draft.put(replace(draft.order("run-3"), cancel_asked=""))
    follow(draft, leg, venue_order("run-3", "sell", status=S.CANCELLED))
    assert draft.order("run-3").reason == OVER_AT_VENUE
