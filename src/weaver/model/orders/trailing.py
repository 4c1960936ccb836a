"""A trailing stop's mark and level: where it starts, and where the level is for a mark."""

from fractions import Fraction

from weaver.model.orders.actions import OrderType
from weaver.model.orders.fill_rules import trailing_level
from weaver.model.orders.order import Order

TRAILING_STOP = OrderType.TRAILING_STOP

TRAILING_STOP = OrderType.TRAILING_STOP


def start_trailing(order: Order, close: int | None) -> None:
    """Let a trailing stop start at a close, unless it has started, or waits for its entry, or there is none."""
    if order.mark is None and not order.waiting and close is not None:
        order.mark = close
        set_level(order)


def set_level(order: Order) -> None:
    """Set a trailing stop's level from its mark."""
    assert order.mark is not None
    order.stop_units = level_of(order, order.mark)


def level_of(order: Order, mark: int | Fraction) -> int:
    """The level of a trailing stop where its mark is at a price, at the nearest tick."""
    numerator, divisor = trailing_level(mark, sign=order.sign, trail=order.trail_units, percent=order.trail_percent)
    return order.scale.nearest_tick(numerator, divisor)
