"""The one order state machine, cell by cell."""

import ast
from pathlib import Path

import pytest

import weaver
from weaver.model.errors import IllegalTransition
from weaver.model.orders.status import OrderEvent, OrderStatus, transition

TABLE = """
            submit      confirm_submitted  accept    fill_part  fill_rest  cancel     reject    expire
pending     submitting  -                  accepted  -          -          cancelled  rejected  -
submitting  -           submitted          accepted  partial    filled     cancelled  rejected  expired
submitted   -           -                  accepted  partial    filled     cancelled  rejected  expired
accepted    -           -                  -         partial    filled     cancelled  rejected  expired
partial     -           -                  -         partial    filled     cancelled  -         expired
filled      -           -                  -         -          -          -          -         -
cancelled   -           -                  -         cancelled  cancelled  -          -         -
rejected    -           -                  -         -          -          -          -         -
expired     -           -                  -         expired    expired    -          -         -
"""


def cells() -> list[tuple[str, str, str]]:
    header, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(row[0], event, after) for row in rows for event, after in zip(header, row[1:], strict=True)]


@pytest.mark.parametrize(("status", "event", "after"), cells())
def test_each_event_in_each_status_does_what_the_table_says(status: str, event: str, after: str) -> None:
    if after == "-":
        with pytest.raises(IllegalTransition, match=f"an order that is {status} cannot {event}"):
            transition(OrderStatus(status), OrderEvent(event))
    else:
        assert transition(OrderStatus(status), OrderEvent(event)) is OrderStatus(after)


def test_the_table_has_every_status_and_every_event() -> None:
    assert {(status, event) for status, event, _ in cells()} == {(s, e) for s in OrderStatus for e in OrderEvent}


def test_final_statuses_are_those_that_only_a_late_fill_can_follow() -> None:
    assert {status for status in OrderStatus if status.is_final} == {"filled", "cancelled", "rejected", "expired"}


SOURCES = Path(weaver.__file__).parent
ROOMS = ("model", "marvin", "greta", "research")
"""Where orders are worked."""


def assigned_attributes(path: Path) -> list[str]:
    """The attributes of anything that a module assigns to."""
    tree = ast.parse(path.read_text())
    stores = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return [node.attr for node in stores]


def test_nobody_but_the_order_sets_its_status() -> None:
    """It begins as pending, and `happen` takes every other from `transition`."""
    paths = [path for room in ROOMS for path in sorted((SOURCES / room).rglob("*.py"))]
    setters = {path.relative_to(SOURCES): assigned_attributes(path).count("status") for path in paths}
    assert {path: count for path, count in setters.items() if count} == {Path("model/orders/order.py"): 2}
