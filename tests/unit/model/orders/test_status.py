"""The one order state machine, cell by cell."""

import pytest

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
