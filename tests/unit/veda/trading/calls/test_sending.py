"""Sending what was written down: once, in time, and by the owner only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.trading_store import FakeTradingStore
from tests.unit.veda.live_builders import live_order, submission
from tests.unit.veda.trading.builders import Desk, at_desk, bracket
from weaver.model.errors import ReadOnly
from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.inputs import OrderMoved
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part, SubmissionState
from weaver.veda.runs.news import updates_of
from weaver.veda.trading.books.draft import OrderChange
from weaver.veda.trading.calls.sending import LATE_REASON

WRITTEN = live_order(status=OrderStatus.SUBMITTING)
SENDING = submission(state=SubmissionState.SENDING, venue_id=None)


def test_what_was_written_down_is_sent_and_its_answer_taken_in() -> None:
    async def send(desk: Desk) -> None:
        await desk.calls.sending.send("run-1")
        assert desk.order().status is OrderStatus.ACCEPTED
        assert (desk.sent().state, desk.sent().venue_id) == (SubmissionState.WORKING, "v-run-1")
        await desk.calls.sending.send("run-1")
        assert desk.venue.asked == [("submit", "run-1")]  # once

    at_desk(send, [WRITTEN], [SENDING])


def test_an_owner_that_was_followed_by_another_sends_nothing() -> None:
    async def send(desk: Desk) -> None:
        FakeTradingStore(desk.disk)  # the next owner's
        with pytest.raises(ReadOnly):
            await desk.calls.sending.send("run-1")
        assert desk.venue.asked == []

    at_desk(send, [WRITTEN], [SENDING])


@pytest.mark.parametrize(("seconds", "is_sent"), [(10, True), (11, False)])
def test_an_entry_is_not_sent_more_than_ten_seconds_late(seconds: int, is_sent: bool) -> None:
    async def send(desk: Desk) -> None:
        await desk.wall.sleep(seconds)
        await desk.calls.sending.send("run-1")
        assert bool(desk.venue.asked) is is_sent
        if not is_sent:
            assert (desk.order().status, desk.order().reason) == (OrderStatus.CANCELLED, LATE_REASON)
            assert LATE_REASON == "not sent within 10 s: the database was away, or the server was held up"
            assert desk.sent().state is SubmissionState.ENDED

    at_desk(send, [WRITTEN], [SENDING])


def test_an_exit_is_sent_however_late() -> None:
    async def send(desk: Desk) -> None:
        await desk.wall.sleep(3600)
        await desk.calls.sending.send("run-1")
        assert desk.order().status is OrderStatus.ACCEPTED

    at_desk(send, [replace(WRITTEN, reduces=True)], [SENDING])


def test_an_order_that_was_cancelled_before_it_was_sent_never_is() -> None:
    async def send(desk: Desk) -> None:
        await desk.calls.sending.send("run-1")
        assert desk.venue.asked == []
        assert (desk.order().status, desk.order().reason) == (OrderStatus.CANCELLED, "enough")

    at_desk(send, [replace(WRITTEN, cancel_asked="enough")], [SENDING])


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.STATE, Reason.NOT_FOUND, Reason.DUPLICATE_ID}))
def test_where_a_venue_refuses_a_change_the_order_stays_as_it_is_and_keeps_its_exits(reason: Reason) -> None:
    old, *legs = bracket()
    new = live_order("run-4", number=4, status=OrderStatus.SUBMITTING, replaces="run-1")
    given = [replace(leg, parent_id="run-4", group_id="run-4") for leg in legs]
    held = [submission(leg.id, part=Part.LEG, parent_id="run-1") for leg in legs]
    sent = submission("run-4", state=SubmissionState.SENDING, venue_id=None, replaces="run-1")

    async def send(desk: Desk) -> None:
        changes: list[OrderChange] = []
        desk.books.listen(changes.extend)
        desk.venue.answers.append(Refused(reason=reason, message="not so"))
        await desk.calls.sending.send_replacement("run-4")
        assert [desk.order(one.id) for one in (old, *legs)] == [
            replace(one, updated_at=desk.order(one.id).updated_at) for one in (old, *legs)
        ]
        assert [desk.sent(one.id) for one in (submission(), *held)] == [submission(), *held]
        assert (desk.order("run-4").status, desk.order("run-4").reason) == (OrderStatus.REJECTED, "not so")
        assert desk.sent("run-4").state is SubmissionState.ENDED
        news = [one for change in changes for one in updates_of(change)]
        assert [(one.number, one.status, one.reason) for one in news if isinstance(one, OrderMoved)][-2:] == [
            (4, OrderStatus.REJECTED, "not so"),
            (1, OrderStatus.ACCEPTED, "order 4, which was to take its place, was refused"),
        ]
        assert [what for what, _ in desk.venue.asked] == ["replace", "find"]

    at_desk(send, [old, *given, new], [submission(), *held, sent])


def test_where_a_venue_does_not_replace_the_old_order_goes_and_the_new_one_waits() -> None:
    old = live_order("run-1", order_type=OrderType.LIMIT, limit=100)
    new = live_order(
        "run-2", number=2, order_type=OrderType.LIMIT, limit=101, status=OrderStatus.SUBMITTING, replaces="run-1"
    )
    sent = submission("run-2", state=SubmissionState.SENDING, venue_id=None, replaces="run-1")

    async def send(desk: Desk) -> None:
        desk.venue.answers.append(Refused(reason=Reason.STATE, message="not now"))
        await desk.calls.sending.send_replacement("run-2")
        assert desk.order("run-1").cancel_asked == "replaced by order 2"
        assert desk.order("run-2").waits_for is WaitsFor.CANCELS
        assert desk.sent("run-2").state is SubmissionState.ENDED

    at_desk(send, [old, new], [submission("run-1"), sent])


def test_a_cancel_is_written_down_before_it_is_asked_for_and_told_when_nothing_confirms_it() -> None:
    async def cancel(desk: Desk) -> None:
        for _ in range(4):
            await desk.calls.sending.cancel("run-1")
        assert desk.sent().cancels == 4
        assert desk.venue.asked == [("cancel", "v-run-1")] * 4
        assert desk.warned == ["cancel_not_confirmed run-1"]  # at the fourth, after thrice 10 s

    at_desk(cancel, [live_order(cancel_asked="enough")], [submission()])


def test_a_cancel_that_is_refused_is_looked_at() -> None:
    async def cancel(desk: Desk) -> None:
        desk.venue.answers.append(Refused(reason=Reason.STATE, message="it has filled"))
        await desk.calls.sending.cancel("run-1")
        assert desk.venue.asked == [("cancel", "v-run-1"), ("find", "v-run-1")]
        assert desk.order().is_working  # nothing follows from a refusal, nor from its not being found

    at_desk(cancel, [live_order(cancel_asked="enough")], [submission()])


def test_a_cancel_of_what_has_been_forgotten_meanwhile_is_not_asked_for() -> None:
    async def cancel(desk: Desk) -> None:
        await desk.books.forget(desk.wall.now() + timedelta(seconds=1))
        assert desk.books.known.submission("run-1") is None
        await desk.calls.sending.cancel("run-1")
        assert desk.venue.asked == []

    over = live_order(status=OrderStatus.FILLED, filled=10, value=1000)
    at_desk(cancel, [over], [submission(state=SubmissionState.ENDED)])
