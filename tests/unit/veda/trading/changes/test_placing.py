"""Orders into the books: what is sent at once, what waits, and what an order through zero is sent as."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import live_order, submission
from tests.unit.veda.trading.builders import bracket, draft_of
from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, SubmissionState
from weaver.veda.positions.lacking import Lack
from weaver.veda.trading.changes.placing import (
    NOT_SENT,
    can_reduce,
    cancel,
    drop_unsent,
    end,
    fitted,
    in_place_of,
    inherit,
    is_behind_cancels,
    legs_of,
    open_after_close,
    submit,
    take_legs,
)
from weaver.veda.trading.intents import Cancel, Place, Replace

S = OrderStatus
NEW = live_order(status=S.PENDING)


def waiting(legs: list[LiveOrder]) -> list[LiveOrder]:
    return [replace(one, status=S.PENDING, waits_for=WaitsFor.ENTRY) for one in legs]


@pytest.mark.parametrize(
    ("held", "side", "reduces"),
    [(10, "sell", 10), (4, "sell", 4), (0, "sell", 0), (-10, "sell", 0), (-4, "buy", 4), (10, "buy", 0)],
)
def test_an_order_reduces_what_its_owner_holds_against_it(held: int, side: str, reduces: int) -> None:
    draft, _ = draft_of([])
    assert can_reduce(draft, live_order(side=side), held=Decimal(held), net=Decimal(-7)) == reduces


@pytest.mark.parametrize(
    ("lacking", "quantity"),
    [("0", "1.23"), ("0.0025", "1.23"), ("0.0038", "1.23"), ("0.004", "1.22"), ("0.1", "1.13")],
)
def test_a_close_is_for_whole_lots_of_what_is_at_the_venue(lacking: str, quantity: str) -> None:
    close = live_order(side="sell", quantity="1.2338", reduces=True)
    draft, _ = draft_of([close])
    cut = fitted(draft, close, room=Decimal("1.2338"), lack=Lack(fees=Decimal(lacking)), lot=Decimal("0.01"))
    assert (cut.remaining, cut.is_working) == (Decimal(quantity), True)


def test_a_close_of_less_than_a_lot_ends_and_says_how_much_is_left() -> None:
    close = live_order(side="sell", quantity="0.0104", reduces=True)
    draft, _ = draft_of([close])
    ended = fitted(draft, close, room=Decimal("0.0104"), lack=Lack(fees=Decimal("0.001")), lot=Decimal("0.01"))
    assert (ended.status, ended.reason) == (S.CANCELLED, "less than can be ordered: 0.0094 of AAPL is left")


def test_what_other_exits_may_take_is_not_there_to_reduce() -> None:
    beside = live_order("run-8", "sell", 3, reduces=True)
    leaving = live_order("run-9", "sell", 3, reduces=True, cancel_asked="no more")
    others = live_order("other-1", "sell", 3, run_id="other", reduces=True)
    exits = bracket(status=S.FILLED, filled=5)[1:]  # of one group: they take its quantity once
    exits = [replace(one, quantity=Decimal(5)) for one in exits]
    draft, _ = draft_of([beside, leaving, others, *exits])
    assert can_reduce(draft, live_order("run-7", "sell"), held=Decimal(20), net=Decimal(0)) == 20 - 3 - 5


@pytest.mark.parametrize(
    ("held", "net", "reduces"),
    [
        (10, 0, 10 - 2),  # bought by hand; a run is as far short
        (0, 10, 10 - 2 - 3),  # a run's
        (4, 10, 10 - 2 - 3),
        (0, -10, 0),
    ],
)
def test_an_order_by_hand_reduces_what_people_hold_or_what_the_account_does(held: int, net: int, reduces: int) -> None:
    mine = live_order("mine-1", "sell", 2, run_id=None, reduces=True)
    of_run = live_order("run-1", "sell", 3, reduces=True)
    draft, _ = draft_of([mine, of_run])
    order = live_order("mine-2", "sell", run_id=None)
    assert can_reduce(draft, order, held=Decimal(held), net=Decimal(net)) == reduces


def test_an_order_is_sent_whole_unless_it_goes_through_zero_where_a_venue_splits() -> None:
    for net, splits, part, quantity in (
        (-4, True, Part.CLOSE, 4),
        (-4, False, Part.WHOLE, 10),
        (-10, True, Part.WHOLE, 10),  # to zero, and not through it
        (0, True, Part.WHOLE, 10),
        (4, True, Part.WHOLE, 10),
    ):
        draft, _ = draft_of([NEW])
        submit(draft, NEW, net=Decimal(net), splits_at_zero=splits, legs=())
        (sent,) = draft.submissions_of("run-1")
        assert (sent.part, sent.quantity, sent.state) == (part, quantity, SubmissionState.SENDING)
        assert draft.order("run-1").status is S.SUBMITTING


def test_what_is_left_of_an_order_goes_whole_where_it_stays_on_one_side() -> None:
    """It is for 11, and 9 have filled: the 2 that are left are within the 9 that are held."""
    order = live_order(side="sell", quantity=11, filled=9, value=900, status=S.PARTIAL)
    draft, _ = draft_of([order], [submission(state=SubmissionState.ENDED)])
    submit(draft, order, net=Decimal(9), splits_at_zero=True, legs=())
    sent = draft.submission("run-1.2")
    assert (sent.part, sent.quantity) == (Part.WHOLE, 2)


def test_the_opening_half_goes_under_an_id_of_its_own() -> None:
    order = live_order(filled=4, value=400, status=S.PARTIAL, waits_for=WaitsFor.CLOSE)
    draft, _ = draft_of([order], [submission(quantity=4, part=Part.CLOSE, state=SubmissionState.ENDED)])
    open_after_close(draft, order, ())
    sent = draft.submission("run-1.2")
    assert (sent.part, sent.quantity) == (Part.OPEN, 6)
    assert draft.order("run-1").waits_for is None


def test_exits_are_sent_with_their_entry_and_wait_for_it() -> None:
    entry, *legs = bracket(status=S.PENDING)
    draft, _ = draft_of([entry])
    take_legs(draft, Place(order=entry, legs=tuple(replace(one, status=S.PENDING) for one in legs)))
    submit(draft, entry, net=Decimal(0), splits_at_zero=True, legs=legs_of(draft, entry))
    assert {draft.order(one.id).waits_for for one in legs} == {WaitsFor.ENTRY}
    held = [draft.submission(one.id) for one in legs]
    assert [(one.part, one.parent_id, one.sent_at) for one in held] == [(Part.LEG, "run-1", None)] * 2


def test_an_order_that_was_not_sent_is_cancelled_at_once_with_its_exits() -> None:
    entry, *legs = bracket(status=S.PENDING)
    draft, _ = draft_of([entry, *waiting(legs)])
    cancel(draft, Cancel(order_id="run-1", reason="enough"))
    assert (draft.order("run-1").status, draft.order("run-1").reason) == (S.CANCELLED, "enough")
    assert {draft.order(one.id).reason for one in legs} == {"its entry was cancelled"}


def test_an_order_at_the_venue_is_only_asked_to_end() -> None:
    draft, _ = draft_of([live_order()], [submission()])
    cancel(draft, Cancel(order_id="run-1", reason="enough"))
    cancel(draft, Cancel(order_id="run-1", reason="again"))
    order = draft.order("run-1")
    assert (order.status, order.cancel_asked) == (S.ACCEPTED, "enough")


def test_an_exit_that_waits_for_its_entry_is_cancelled_by_itself() -> None:
    entry, *legs = bracket()
    held = [submission(one.id, part=Part.LEG, parent_id="run-1") for one in legs]
    draft, _ = draft_of([entry, *waiting(legs)], [submission("run-1"), *held])
    cancel(draft, Cancel(order_id="run-2", reason="no target"))
    assert draft.order("run-2").status is S.CANCELLED
    assert draft.order("run-3").is_working


def test_the_exits_of_what_filled_outlive_their_entry() -> None:
    entry, *legs = bracket(status=S.PARTIAL, filled=4, value=400)
    draft, _ = draft_of([entry, *waiting(legs)], [submission("run-1", state=SubmissionState.ENDED)])
    end(draft, entry, S.CANCELLED, "enough")
    assert all(draft.order(one.id).is_working for one in legs)


def test_an_order_waits_for_cancels_of_its_owner_in_its_symbol() -> None:
    leaving = live_order("run-8", cancel_asked="no more")
    for given, waits in (({}, True), ({"symbol": "MSFT"}, False), ({"run_id": "other"}, False)):
        draft, _ = draft_of([leaving])
        assert is_behind_cancels(draft, live_order("run-9", **given)) is waits


def test_what_takes_the_place_of_an_exit_is_one_and_of_an_entry_has_its_exits() -> None:
    entry, *legs = bracket(order_type=OrderType.LIMIT, limit=100)
    draft, _ = draft_of([entry, *legs])
    target = in_place_of(draft, Replace(old_id="run-2", order=live_order("run-4", "sell", limit=140)))
    assert (target.group_id, target.reduces, target.replaces) == ("run-1", True, "run-2")

    new = in_place_of(draft, Replace(old_id="run-1", order=live_order("run-5", limit=101)))
    inherit(draft, entry, new)
    assert {one.id for one in draft.group("run-5")} == {"run-2", "run-3", "run-4"}
    assert draft.group("run-1") == []


def test_after_a_restart_an_entry_that_was_not_sent_is_over() -> None:
    draft, _ = draft_of([NEW])
    drop_unsent(draft, NEW)
    assert (draft.order("run-1").status, draft.order("run-1").reason) == (S.CANCELLED, NOT_SENT)


def test_after_a_restart_only_the_closing_half_of_an_order_goes_on() -> None:
    order = live_order(side="sell", filled=1, value=100, status=S.PARTIAL)
    closing = submission(quantity=6, part=Part.CLOSE, counted=((Decimal(0), Decimal(1)),))
    draft, _ = draft_of([order], [closing])
    drop_unsent(draft, order)
    rest = draft.order("run-1")
    assert (rest.quantity, rest.reduces, rest.is_working) == (6, True, True)  # 1 filled, and 5 of 6 to come


def test_after_a_restart_what_is_at_the_venue_is_left_alone() -> None:
    draft, _ = draft_of([live_order()], [submission()])
    drop_unsent(draft, live_order())
    assert draft.is_empty
