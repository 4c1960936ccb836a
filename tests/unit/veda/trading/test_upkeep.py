"""What orders need while nobody asks for anything."""

import pytest

from tests.unit.veda.live_builders import live_order, submission
from tests.unit.veda.trading.builders import AlwaysOpen, Desk, Held, at_desk
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.trading.changes.placing import NOTHING_LEFT
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.upkeep import ALL_TAKEN, Upkeep


def upkeep(desk: Desk, held: int) -> Upkeep:
    given = {"holdings": Held(held), "hours": AlwaysOpen(), "is_ready": lambda: True}
    intake = Intake(gate=lambda *_: None, features=(), **given)
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
