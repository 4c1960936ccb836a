"""What orders need while nobody asks for anything."""

import pytest

from tests.unit.veda.live_builders import live_order, submission
from tests.unit.veda.trading.builders import AlwaysOpen, Desk, Held, at_desk
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.trading.changes.placing import NOTHING_LEFT
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.upkeep import ALL_TAKEN, FILLED_FIRST, Upkeep


def upkeep(desk: Desk, held: int) -> Upkeep:
    given = {"holdings": Held(held), "hours": AlwaysOpen(), "is_ready": lambda: True}
    intake = Intake(gate=lambda *_: None, cut=lambda _, order, __: order, features=(), **given)
    return Upkeep(
        intake=intake,
        rests={},
        told=lambda what, facts: desk.told.append(f"{what} {facts['order']}"),
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
        assert desk.told == told

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
        assert desk.told == []

    at_desk(look, [entry, exit_], [submission("run-1")])
