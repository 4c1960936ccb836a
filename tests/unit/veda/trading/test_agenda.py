"""What is to be done for an account's orders, read off its books."""

from typing import Any

import pytest

from tests.unit.veda.live_builders import NOON, live_order, submission
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part
from weaver.veda.trading.agenda import to_cancel

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
