"""What works is found without looking through all that ever was, and stands by age."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Part, Submission, SubmissionState

NOW = datetime(2024, 3, 1, 15, tzinfo=UTC)


def order(number: int, status: OrderStatus = OrderStatus.ACCEPTED) -> LiveOrder:
    return LiveOrder(
        id=f"r-{number}", account="a", run_id="r", number=number, client_order_id=f"r-{number}", symbol="AAA",
        side=Side.BUY, quantity=Decimal(1), order_type=OrderType.MARKET, tif=TimeInForce.DAY,
        status=status, placed_at=NOW, updated_at=NOW,
    )  # fmt: skip


def submission(number: int) -> Submission:
    return Submission(
        id=f"r-{number}", order_id=f"r-{number}", account="a", part=Part.WHOLE, symbol="AAA", quantity=Decimal(1)
    )


def working(orders: AccountOrders) -> list[int]:
    return [one.number for one in orders.working()]


def test_orders_that_are_over_work_no_more_and_come_back_in_their_place() -> None:
    orders = AccountOrders()
    orders.take([order(1), order(2), order(3)], [])
    orders.take([order(2, OrderStatus.CANCELLED)], [])
    assert working(orders) == [1, 3]
    orders.take([order(2)], [])
    assert working(orders) == [1, 2, 3]
    orders.forget("r-1")
    assert working(orders) == [2, 3]


def test_submissions_that_have_ended_are_not_open() -> None:
    orders = AccountOrders()
    made = [submission(1), submission(2)]
    orders.take([order(1), order(2)], made)
    assert [*orders.open_submissions()] == made
    orders.take([], [replace(made[0], state=SubmissionState.ENDED)])
    assert [*orders.open_submissions()] == made[1:]
    orders.forget("r-2")
    assert [*orders.open_submissions()] == []
