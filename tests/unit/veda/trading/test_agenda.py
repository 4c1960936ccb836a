"""What is to be done for an account's orders, read off its books."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.veda.live_builders import NOON, live_order, seconds, submission
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.trading.agenda import is_superseded, next_due, to_ask, to_cancel, to_expire, to_send

HELD: dict[str, Any] = {"status": OrderStatus.CANCELLED}
WAITING: dict[str, Any] = {"waits_for": WaitsFor.ENTRY, "cancel_asked": "no more"}
BESIDE: dict[str, Any] = {"status": OrderStatus.ACCEPTED, "cancel_asked": "no more"}


@pytest.mark.parametrize(
    ("entry", "exit_", "cancelled"),
    [
        (OrderStatus.ACCEPTED, HELD, []),
        (OrderStatus.PARTIAL, HELD, []),
        (OrderStatus.PARTIAL, WAITING, []),
        (OrderStatus.PARTIAL, BESIDE, ["run-2"]),
        (OrderStatus.FILLED, HELD, ["run-2"]),
        (OrderStatus.FILLED, BESIDE, ["run-2"]),
    ],
)
def test_an_exit_goes_without_its_entry(entry: OrderStatus, exit_: dict[str, Any], cancelled: list[str]) -> None:
    """A venue may take an entry along whose exit it is to cancel, as long as it holds that for it."""
    known = AccountOrders()
    legs: dict[str, Any] = {"parent_id": "run-1", "group_id": "run-1", "reduces": True, "order_type": OrderType.STOP}
    orders = [
        live_order("run-1", order_class=OrderClass.OTO, status=entry),
        live_order("run-2", "sell", number=2, stop=90, **legs, **exit_),
    ]
    known.take(orders, [submission("run-1"), submission("run-2", part=Part.LEG, parent_id="run-1")])
    ids = [one.id for one in to_cancel(known, NOON, frozenset())]
    assert [one for one in ids if one == "run-2"] == cancelled


def books_of(orders: Sequence[LiveOrder], submissions: Sequence[Submission]) -> AccountOrders:
    known = AccountOrders()
    known.take(orders, submissions)
    return known


def test_what_was_written_down_is_sent_once_and_looked_up_from_then_on() -> None:
    sending = {"state": SubmissionState.SENDING, "venue_id": None}
    submissions = [
        submission("run-1", **sending),
        submission("run-2", **sending),
        submission("run-3", replaces="run-9", **sending),
        submission("run-4", part=Part.LEG, parent_id="run-1", **sending),  # goes with its entry
        submission("run-5"),
        submission("run-6", state=SubmissionState.ENDED),
    ]
    known = books_of([live_order(one.id) for one in submissions], submissions)
    assert [(one.what, one.id) for one in to_send(known, {"run-2"})] == [
        ("send", "run-1"),
        ("look_up", "run-2"),
        ("send_replacement", "run-3"),
    ]


def test_what_should_not_work_is_cancelled_and_again_after_ten_seconds() -> None:
    orders = [
        live_order("run-1"),
        live_order("run-2", cancel_asked="enough"),
        live_order("run-3", status=OrderStatus.CANCELLED),
        live_order("run-4", waits_for=WaitsFor.SPLIT),
        live_order("run-5"),
    ]
    sent = [submission(one.id, cancel_sent_at=NOON if one.id == "run-3" else None) for one in orders]
    known = books_of(orders, sent)
    assert [one.id for one in to_cancel(known, seconds(9.9), {"run-5"})] == ["run-2", "run-4", "run-5"]
    assert [one.id for one in to_cancel(known, seconds(10), {"run-5"})] == ["run-2", "run-3", "run-4", "run-5"]


def test_what_was_taken_for_lost_and_comes_to_light_is_superseded() -> None:
    made = [submission("run-1"), submission("run-1.2", order_id="run-1")]
    known = books_of([live_order("run-1")], made)
    assert [is_superseded(known, one) for one in made] == [True, False]
    known.take([], [submission("run-1.2", order_id="run-1", state=SubmissionState.ENDED)])
    assert not is_superseded(known, made[0])


def test_an_order_ends_when_its_time_is_over() -> None:
    orders = [
        live_order("run-1", expires_at=seconds(60)),
        live_order("run-2", expires_at=seconds(60), cancel_asked="enough"),
        live_order("run-3"),
    ]
    known = books_of(orders, [])
    assert [one.id for one in to_expire(known, seconds(59))] == []
    assert [one.id for one in to_expire(known, seconds(60))] == ["run-1"]
    assert next_due(known, NOON, {}) == seconds(60)
    assert next_due(known, seconds(60), {}) is None


def test_a_market_order_of_which_nothing_is_heard_is_asked_for_after_five_seconds_and_ever_less_often() -> None:
    limit = live_order("run-2", order_type=OrderType.LIMIT, limit=100)
    known = books_of([live_order("run-1"), limit], [submission("run-1"), submission("run-2")])
    assert [one.id for one in to_ask(known, seconds(4.9), {})] == []
    assert [one.id for one in to_ask(known, seconds(5), {})] == ["run-1"]
    assert [one.id for one in to_ask(known, seconds(9), {"run-1": seconds(5)})] == []
    assert next_due(known, seconds(6), {"run-1": seconds(5)}) == seconds(10)
    asked = [5.0]
    while asked[-1] < 200:
        due = next_due(known, seconds(asked[-1]), {"run-1": seconds(asked[-1])})
        assert due is not None
        assert [one.id for one in to_ask(known, due, {"run-1": seconds(asked[-1])})] == ["run-1"]
        asked.append((due - NOON).total_seconds())
    assert asked == [5, 10, 20, 40, 80, 140, 200]


def test_an_entry_of_which_an_exit_was_not_seen_is_asked_for() -> None:
    entry = live_order("run-1", order_type=OrderType.LIMIT, limit=100, order_class=OrderClass.OTO)
    leg = submission("run-2", part=Part.LEG, parent_id="run-1", venue_id=None, state=SubmissionState.SENDING)
    known = books_of([entry, live_order("run-2", "sell")], [submission("run-1"), leg])
    assert [one.id for one in to_ask(known, seconds(5), {})] == ["run-1"]


def test_an_entry_waits_ten_seconds_for_the_stream() -> None:
    known = books_of([live_order("run-1", status=OrderStatus.PENDING, waits_for=WaitsFor.STREAM)], [])
    assert next_due(known, NOON, {}) == seconds(10)
