"""What becomes of orders that a venue did not take: exits are tried again, entries are over."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import NOON, live_order, submission
from tests.unit.veda.trading.builders import Desk, at_desk, bracket
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part, SubmissionState

ENTRY = live_order(status=OrderStatus.SUBMITTING)
EXIT = live_order(side="sell", status=OrderStatus.SUBMITTING, reduces=True)
SENDING = submission(state=SubmissionState.SENDING, venue_id=None)


@pytest.mark.parametrize("reason", list(Reason))
def test_an_entry_that_is_refused_is_over(reason: Reason) -> None:
    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(desk.sent(), Refused(reason=reason, message="no"))
        assert (desk.order().status, desk.order().reason) == (OrderStatus.REJECTED, "no")
        assert desk.sent().state is SubmissionState.ENDED
        assert desk.calls.fates.rests == {}

    at_desk(refuse, [ENTRY], [SENDING])


@pytest.mark.parametrize("reason", list(Reason))
def test_an_exit_is_tried_again_where_what_is_in_its_way_may_go(reason: Reason) -> None:
    may_go = {Reason.RATE_LIMIT, Reason.UNREACHABLE, Reason.POSITION, Reason.WASH_TRADE}

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(desk.sent(), Refused(reason=reason, message="no"))
        if reason in may_go:
            assert desk.order().waits_for is WaitsFor.CANCELS
            assert desk.calls.fates.rests == {"run-1": NOON + timedelta(seconds=2)}
        else:
            assert desk.order().status is OrderStatus.REJECTED
            assert desk.warned == ["exit_refused run-1"]

    at_desk(refuse, [EXIT], [SENDING])


def test_an_exit_whose_shares_others_hold_is_not_tried_for_ever() -> None:
    made = [submission("run-1", state=SubmissionState.ENDED, venue_id=None)]
    made += [
        submission(f"run-1.{number}", order_id="run-1", state=SubmissionState.ENDED, venue_id=None)
        for number in range(2, 9)
    ]
    ninth = submission("run-1.9", order_id="run-1", state=SubmissionState.SENDING, venue_id=None)

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(ninth, Refused(reason=Reason.POSITION, message="no"))
        assert desk.order().status is OrderStatus.REJECTED

    at_desk(refuse, [EXIT], [*made, ninth])


def test_entries_on_the_other_side_make_way_for_an_exit() -> None:
    theirs = live_order("other-1", run_id="other")
    exit_beside = live_order("other-2", run_id="other", reduces=True)
    elsewhere = live_order("other-3", run_id="other", symbol="MSFT")

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(desk.sent(), Refused(reason=Reason.WASH_TRADE, message="no"))
        assert desk.order("other-1").cancel_asked == "it stood in the way of run-1, which exits"
        assert desk.order("other-2").cancel_asked is None
        assert desk.order("other-3").cancel_asked is None
        assert desk.warned == ["entry_in_the_way other-1"]

    orders = [EXIT, theirs, exit_beside, elsewhere]
    at_desk(refuse, orders, [SENDING, submission("other-1"), submission("other-2"), submission("other-3")])


def test_a_position_whose_exits_are_refused_for_good_is_closed() -> None:
    orders = bracket(status=OrderStatus.FILLED, filled=10, value=1000)
    anew = submission("run-2", part=Part.PROTECTION, state=SubmissionState.SENDING, venue_id=None)
    leg = submission("run-3", part=Part.LEG, parent_id="run-2", state=SubmissionState.SENDING, venue_id=None)

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(anew, Refused(reason=Reason.PRICE, message="too near"))
        close = desk.order("run-1.close")
        assert (close.side, close.quantity, close.reduces) == ("sell", Decimal(10), True)
        assert {desk.order("run-2").status, desk.order("run-3").status} == {OrderStatus.REJECTED}
        assert {desk.sent("run-2").state, desk.sent("run-3").state} == {SubmissionState.ENDED}
        assert desk.warned == ["position_closed run-1.close"]

    at_desk(refuse, orders, [submission("run-1", state=SubmissionState.ENDED), anew, leg])


@pytest.mark.parametrize("part", [Part.WHOLE, Part.PROTECTION])
def test_an_oco_that_never_stood_is_rejected_and_nothing_is_sold_in_its_place(part: Part) -> None:
    oco = live_order(
        "run-1", "sell", order_class=OrderClass.OCO, order_type=OrderType.LIMIT, limit=130, group_id="run-1",
        reduces=True, status=OrderStatus.SUBMITTING,
    )  # fmt: skip
    stop = replace(
        oco, id="run-2", client_order_id="run-2", number=2, order_type=OrderType.STOP, limit=None, stop=Decimal(90)
    )
    again = submission("run-1.2", order_id="run-1", part=part, state=SubmissionState.SENDING, venue_id=None)
    leg = submission("run-2", part=Part.LEG, parent_id="run-1.2", state=SubmissionState.SENDING, venue_id=None)

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.refused(again, Refused(reason=Reason.POSITION, message="insufficient qty"))
        assert (desk.order().status, desk.order().reason) == (OrderStatus.REJECTED, "insufficient qty")
        assert (desk.order("run-2").status, desk.order("run-2").reason) == (
            OrderStatus.CANCELLED, "its entry was rejected",
        )  # fmt: skip
        assert {one.id for one in desk.books.known.all()} == {"run-1", "run-2"}
        assert desk.warned == ["exit_refused run-1"]

    at_desk(refuse, [oco, stop], [submission("run-1", state=SubmissionState.ENDED, venue_id=None), again, leg])


def test_what_is_known_to_be_at_the_venue_by_now_is_not_given_up() -> None:
    async def late_word(desk: Desk) -> None:
        await desk.calls.fates.gone("run-1", "no")
        await desk.calls.fates.send_again("run-1", "no")
        await desk.calls.fates.drop("run-1", "no")
        assert desk.order() == EXIT
        assert desk.sent() == submission()

    at_desk(late_word, [EXIT], [submission()])


def test_an_order_that_filled_is_not_replaced() -> None:
    old = live_order("run-1", status=OrderStatus.FILLED, filled=10, value=1000)
    new = live_order("run-2", number=2, status=OrderStatus.SUBMITTING, replaces="run-1")
    sent = submission("run-2", state=SubmissionState.SENDING, venue_id=None, replaces="run-1")

    async def refuse(desk: Desk) -> None:
        await desk.calls.fates.never_came(sent, "it has filled")
        assert desk.order("run-2").status is OrderStatus.REJECTED
        assert desk.order("run-2").reason == "order 1 had filled: it has filled"

    at_desk(refuse, [old, new], [submission("run-1", state=SubmissionState.ENDED), sent])
