"""What orders need while nobody asks for anything."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import NOON, live_order, submission
from tests.unit.veda.trading.builders import AlwaysOpen, Desk, Held, at_desk, bracket
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.positions.lacking import Lack
from weaver.veda.trading.changes.placing import NOTHING_LEFT
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.upkeep import ALL_TAKEN, FILLED_FIRST, Upkeep


def upkeep(desk: Desk, held: int, lack: Lack | None = None, *, compared_at: datetime = NOON) -> Upkeep:
    given = {"holdings": Held(held, lack), "hours": AlwaysOpen(), "is_ready": lambda: True}
    intake = Intake(gate=lambda *_: None, cut=lambda _, order, __: order, features=(), **given)
    return Upkeep(
        intake=intake,
        rests={},
        compared_at=lambda: compared_at,
        ends_all=False,
        **given,
    )


@pytest.mark.parametrize(
    ("held", "reason", "told"),
    [(0, NOTHING_LEFT, []), (-5, NOTHING_LEFT, []), (10, ALL_TAKEN, ["exit_refused run-2"])],
)
def test_a_close_with_nothing_to_do_is_dropped_and_told_of_where_something_is_held(
    held: int, reason: str, told: list[str]
) -> None:
    exit_ = live_order("run-1", "sell", reduces=True)
    close = live_order("run-2", "sell", reduces=True, status=OrderStatus.PENDING, waits_for=WaitsFor.CANCELS)

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            upkeep(desk, held).look(draft, desk.books.known)
        assert (desk.order("run-2").status, desk.order("run-2").reason) == (OrderStatus.CANCELLED, reason)
        assert desk.warned == told

    at_desk(look, [exit_, close], [submission("run-1")])


def test_a_close_goes_for_what_is_left_when_its_cancels_are_final() -> None:
    close = live_order("run-2", "sell", reduces=True, status=OrderStatus.PENDING, waits_for=WaitsFor.CANCELS)

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            upkeep(desk, 4).look(draft, desk.books.known)
        assert (desk.sent("run-2").quantity, desk.order("run-2").quantity) == (4, 4)

    at_desk(look, [close])


@pytest.mark.parametrize(
    ("filled", "quantity", "sent"),
    [(0, 10, 10), (4, 10, 6), (4, 5, 5), (10, 10, 0), (4, 15, 11)],
    ids=["nothing", "a part", "less than is left", "all of it", "a part of less than is wanted"],
)
def test_what_filled_of_an_order_while_it_was_cancelled_is_not_ordered_again(
    filled: int, quantity: int, sent: int
) -> None:
    status = OrderStatus.FILLED if filled == 10 else OrderStatus.CANCELLED
    old = live_order(status=status, filled=filled, value=filled, cancel_asked="replaced by order 2")
    new = live_order(
        "run-2", number=2, quantity=quantity, status=OrderStatus.PENDING, waits_for=WaitsFor.CANCELS, replaces="run-1"
    )

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            upkeep(desk, 0).look(draft, desk.books.known)
        if sent:
            assert desk.sent("run-2").quantity == sent
        else:
            assert (desk.order("run-2").status, desk.order("run-2").reason) == (OrderStatus.CANCELLED, FILLED_FIRST)
            assert desk.books.known.submission("run-2") is None

    at_desk(look, [old, new])


def test_an_exit_that_took_anothers_place_waits_for_its_entry_while_that_may_fill() -> None:
    entry = live_order("run-1")
    exit_ = live_order(
        "run-2", "sell", reduces=True, group_id="run-1", parent_id="run-1", status=OrderStatus.PENDING,
        waits_for=WaitsFor.CANCELS,
    )  # fmt: skip

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            upkeep(desk, 0).look(draft, desk.books.known)
        assert (desk.order("run-2").status, desk.order("run-2").waits_for) == (OrderStatus.PENDING, WaitsFor.ENTRY)
        assert desk.warned == []

    at_desk(look, [entry, exit_], [submission("run-1")])


CLOSED_BY_OTHERS = "{} AAPL of this position are not at the venue any more: other orders have closed them"


@pytest.mark.parametrize(("gone", "sent"), [(0, 10), (4, 6), (10, 0)])
@pytest.mark.parametrize("side", ["sell", "buy"])
def test_a_close_goes_for_what_others_have_not_closed_and_it_is_told(gone: int, sent: int, side: str) -> None:
    close = live_order("run-2", side, reduces=True, status=OrderStatus.PENDING, waits_for=WaitsFor.CANCELS)

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            held = 10 if side == "sell" else -10
            upkeep(desk, held, Lack(gone=Decimal(gone))).look(draft, desk.books.known)
        told = [one.payload for one in desk.disk.events if one.type == "risk.Refused"]
        if gone:
            assert [(one["rule"], one["limit"], one["value"]) for one in told] == [("not_at_venue", str(sent), "10")]
        else:
            assert not told
        if sent:
            assert desk.sent("run-2").quantity == sent
        else:
            assert desk.books.known.submission("run-2") is None
            ended = desk.order("run-2")
            assert (ended.status, ended.reason) == (OrderStatus.REJECTED, CLOSED_BY_OTHERS.format(10))

    at_desk(look, [close])


@pytest.mark.parametrize("stands", [False, True])
def test_exits_of_what_others_have_closed_are_not_placed_anew_and_do_not_stay(stands: bool) -> None:
    orders = bracket(status=OrderStatus.FILLED, filled=10, value=1000)
    sent = [submission("run-2", state=SubmissionState.WORKING if stands else SubmissionState.ENDED, venue_id="v-2")]

    async def look(desk: Desk) -> None:
        async with desk.books.change() as draft:
            upkeep(desk, 10, Lack(gone=Decimal(10))).look(draft, desk.books.known)
        assert {desk.order("run-2").cancel_asked, desk.order("run-3").reason} == {CLOSED_BY_OTHERS.format(10)}
        assert not desk.books.known.submission("run-2.2")

    at_desk(look, orders, sent)


@pytest.mark.parametrize(
    ("looked", "waited", "is_sent"), [(-1, 0, False), (0, 0, True), (-1, 29, False), (-1, 30, True)]
)
def test_a_position_without_exits_is_looked_at_before_it_is_closed(looked: int, waited: int, is_sent: bool) -> None:
    close = live_order("run-1.close", "sell", reduces=True, status=OrderStatus.PENDING, waits_for=WaitsFor.CANCELS)

    async def look(desk: Desk) -> None:
        await desk.wall.sleep(waited)
        async with desk.books.change() as draft:
            upkeep(desk, 10, compared_at=NOON + timedelta(seconds=looked)).look(draft, desk.books.known)
        assert (desk.books.known.submission("run-1.close") is not None) is is_sent

    at_desk(look, [close])
