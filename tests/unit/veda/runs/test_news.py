"""What a strategy is told comes as it happened, but for what it did itself: that it has known since."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from weaver.model.orders.actions import CANCELLED_BY_STRATEGY, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import OrderMoved
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.runs.news import News
from weaver.veda.trading.books.draft import OrderChange

NOW = datetime(2024, 3, 1, 15, tzinfo=UTC)


def order(number: int) -> LiveOrder:
    return LiveOrder(
        id=f"r-{number}", account="a", run_id="r", number=number, client_order_id=f"r-{number}", symbol="AAA",
        side=Side.BUY, quantity=Decimal(1), order_type=OrderType.MARKET, tif=TimeInForce.DAY,
        status=OrderStatus.SUBMITTED, placed_at=NOW, updated_at=NOW,
    )  # fmt: skip


def to(before: LiveOrder, status: OrderStatus, **more: str) -> OrderChange:
    return OrderChange(before=before, after=replace(before, status=status, **more), fills=())


def told(news: News) -> list[tuple[int, OrderStatus]]:
    return [(one.number, one.status) for one in news.take() if isinstance(one, OrderMoved)]


@pytest.mark.parametrize("why", ["cancelled by the strategy", "position closed by the strategy"])
def test_an_order_that_was_replaced_or_cancelled_ends_ahead_of_what_is_told_of_others(why: str) -> None:
    news = News("r")
    news.hear([to(order(3), OrderStatus.ACCEPTED), to(order(4), OrderStatus.ACCEPTED)])
    news.hear([to(order(1), OrderStatus.CANCELLED, replaced_by="r-4")])
    news.hear([to(order(2), OrderStatus.CANCELLED, cancel_asked=why)])
    assert [number for number, _ in told(news)] == [1, 2, 3, 4]


def test_what_came_before_of_an_order_that_was_cancelled_stays_before() -> None:
    news, first = News("r"), order(1)
    news.hear([to(order(3), OrderStatus.ACCEPTED), to(first, OrderStatus.ACCEPTED)])
    accepted = replace(first, status=OrderStatus.ACCEPTED)
    news.hear([to(accepted, OrderStatus.CANCELLED, cancel_asked=CANCELLED_BY_STRATEGY)])
    assert told(news) == [(3, OrderStatus.ACCEPTED), (1, OrderStatus.ACCEPTED), (1, OrderStatus.CANCELLED)]


def test_an_end_that_nobody_asked_for_comes_in_turn() -> None:
    news = News("r")
    news.hear([to(order(3), OrderStatus.ACCEPTED)])
    news.hear([to(order(1), OrderStatus.CANCELLED)])
    assert [number for number, _ in told(news)] == [3, 1]
