"""What a strategy is told comes as it happened, but for what it did itself: that it has known since."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from weaver.model.calendar.days.new_york import extended_from
from weaver.model.orders.actions import CANCELLED_BY_STRATEGY, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import HouseFilled, OrderMoved, SplitSeen
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


def test_ends_are_told_in_the_order_of_the_wishes_each_with_its_exits() -> None:
    news, first, second = News("r"), order(1), order(2)
    leg = replace(order(3), parent_id="r-2", group_id="r-2")
    news.wish(["r-2", "r-1"])
    news.hear([to(first, OrderStatus.CANCELLED, cancel_asked=CANCELLED_BY_STRATEGY)])
    news.hear([to(second, OrderStatus.CANCELLED, cancel_asked=CANCELLED_BY_STRATEGY)])
    news.hear([to(leg, OrderStatus.CANCELLED)])
    assert [update.number for update in news.take() if isinstance(update, OrderMoved)] == [2, 3, 1]


def test_an_order_that_ends_in_the_callback_that_placed_it_is_told_to_have_ended_only() -> None:
    news, own = News("r"), order(1)
    news.wish(["r-1"])
    accepted = to(own, OrderStatus.ACCEPTED)
    news.hear([accepted])
    news.hear([to(accepted.after, OrderStatus.CANCELLED, cancel_asked="replaced by order 2")])
    assert [update.status for update in news.take() if isinstance(update, OrderMoved)] == [OrderStatus.CANCELLED]


def test_exits_are_told_after_what_they_belong_to() -> None:
    news, entry = News("r"), order(2)
    leg = replace(order(3), parent_id="r-2", group_id="r-2")
    news.hear([to(leg, OrderStatus.ACCEPTED), to(order(1), OrderStatus.ACCEPTED), to(entry, OrderStatus.ACCEPTED)])
    assert [update.number for update in news.take() if isinstance(update, OrderMoved)] == [1, 2, 3]


def test_a_split_goes_ahead_of_the_fills_that_came_after_it() -> None:
    news, day = News("r"), date(2024, 3, 1)
    fills = [
        HouseFilled(
            symbol="AAA", side=Side.BUY, quantity=Decimal(1), price=Decimal(9), commission=Decimal(0),
            time=extended_from(day) + since,
        )
        for since in (-1, 0)
    ]  # fmt: skip
    split = SplitSeen(symbol="AAA", numerator=2, denominator=1, ex_date=day)
    for one in (*fills, split):
        news.add(one)
    assert news.take() == (fills[0], split, fills[1])
