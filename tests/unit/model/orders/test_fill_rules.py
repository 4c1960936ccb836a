"""Each line of the table of prices, for a buy as written and for the sell that is its mirror image."""

from decimal import Decimal

import pytest

from weaver.model.orders.actions import OrderType
from weaver.model.orders.fill_rules import touch_at_open, touch_inside, trailing_level

MIRROR = 200
"""A sell is the buy seen in a mirror at half of this price."""

AT_OPEN = [
    # type, limit, stop, triggered, open -> price, triggered
    ("market", None, None, False, 100, 100, False),
    ("limit", 101, None, False, 100, 100, False),
    ("limit", 100, None, False, 100, 100, False),
    ("limit", 99, None, False, 100, None, False),
    ("stop", None, 99, False, 100, 100, True),
    ("stop", None, 100, False, 100, 100, True),
    ("stop", None, 101, False, 100, None, False),
    ("stop", None, 101, True, 100, 100, True),
    ("trailing_stop", None, 99, False, 100, 100, True),
    ("trailing_stop", None, 101, False, 100, None, False),
    ("stop_limit", 105, 101, False, 100, None, False),
    ("stop_limit", 101, 99, False, 100, 100, True),
    ("stop_limit", 99, 98, False, 100, None, True),
    ("stop_limit", 100, 103, True, 100, 100, True),
    ("stop_limit", 99, 103, True, 100, None, True),
]

INSIDE = [
    # type, limit, stop, triggered, open, high, low, close -> price, triggered
    ("market", None, None, False, (100, 105, 95, 102), None, False),
    ("limit", 97, None, False, (100, 105, 95, 102), 97, False),
    ("limit", 95, None, False, (100, 105, 95, 102), 95, False),
    ("limit", 94, None, False, (100, 105, 95, 102), None, False),
    ("limit", 101, None, False, (100, 105, 95, 102), 100, False),
    ("stop", None, 103, False, (100, 105, 95, 102), 103, True),
    ("stop", None, 105, False, (100, 105, 95, 102), 105, True),
    ("stop", None, 106, False, (100, 105, 95, 102), None, False),
    ("stop", None, 99, False, (100, 105, 95, 102), 100, True),
    ("stop", None, 103, True, (100, 105, 95, 102), None, True),
    ("trailing_stop", None, 104, False, (100, 105, 95, 102), 104, True),
    ("stop_limit", 104, 103, False, (100, 105, 95, 102), 103, True),
    ("stop_limit", 103, 103, False, (100, 105, 95, 102), 103, True),
    ("stop_limit", 102, 103, False, (100, 105, 95, 102), 102, True),
    ("stop_limit", 101, 103, False, (100, 105, 95, 102), None, True),
    ("stop_limit", 110, 106, False, (100, 105, 95, 102), None, False),
    ("stop_limit", 97, 99, False, (100, 105, 95, 102), 97, True),
    ("stop_limit", 94, 99, False, (100, 105, 95, 102), None, True),
    ("stop_limit", 97, 103, True, (100, 105, 95, 102), 97, True),
    ("stop_limit", 94, 103, True, (100, 105, 95, 102), None, True),
    ("stop_limit", 101, 99, False, (100, 105, 95, 102), 100, True),
]


def mirrored(price: int | None) -> int | None:
    return None if price is None else MIRROR - price


@pytest.mark.parametrize(("kind", "limit", "stop", "was", "open_", "price", "triggered"), AT_OPEN)
def test_at_the_open(
    kind: str, limit: int | None, stop: int | None, was: bool, open_: int, price: int | None, triggered: bool
) -> None:
    assert touch_at_open(OrderType(kind), 1, limit, stop, was, open_) == (price, triggered)
    sell = touch_at_open(OrderType(kind), -1, mirrored(limit), mirrored(stop), was, MIRROR - open_)
    assert sell == (mirrored(price), triggered)


@pytest.mark.parametrize(("kind", "limit", "stop", "was", "bar", "price", "triggered"), INSIDE)
def test_inside_the_bar(
    kind: str,
    limit: int | None,
    stop: int | None,
    was: bool,
    bar: tuple[int, int, int, int],
    price: int | None,
    triggered: bool,
) -> None:
    assert touch_inside(OrderType(kind), 1, limit, stop, was, bar) == (price, triggered)
    open_, high, low, close = (MIRROR - one for one in bar)
    sell = touch_inside(OrderType(kind), -1, mirrored(limit), mirrored(stop), was, (open_, low, high, close))
    assert sell == (mirrored(price), triggered)


def test_prices_may_be_decimals() -> None:
    bar = (Decimal("1.10"), Decimal("1.20"), Decimal("1.05"), Decimal("1.15"))
    assert touch_inside(OrderType.STOP, 1, None, Decimal("1.17"), False, bar).price == Decimal("1.17")


@pytest.mark.parametrize(
    ("sign", "trail", "percent", "level"),
    [(-1, 5, None, 95), (1, 5, None, 105), (-1, None, Decimal("2.5"), 97.5), (1, None, Decimal("2.5"), 102.5)],
)
def test_trailing_level_is_below_the_mark_of_a_sell_and_above_that_of_a_buy(
    sign: int, trail: int | None, percent: Decimal | None, level: float
) -> None:
    numerator, divisor = trailing_level(100, sign=sign, trail=trail, percent=percent)
    assert numerator / divisor == level
