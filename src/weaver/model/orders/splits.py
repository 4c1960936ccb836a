"""What a split does to the prices of an order."""

from fractions import Fraction

from weaver.model.numbers.money import truncate
from weaver.model.orders.order import Order
from weaver.model.orders.trailing import set_level


def split_prices(order: Order, ratio: tuple[int, int]) -> None:
    """Put an order's prices on the scale after a split, at the nearest tick; `ratio`: new units for old ones."""
    numerator, denominator = ratio
    scale = order.scale
    if order.limit_units is not None:
        order.limit_units = scale.nearest_tick(order.limit_units * denominator, numerator)
    if order.trail_units is not None:
        order.trail_units = scale.nearest_tick(order.trail_units * denominator, numerator)
    if order.mark is not None:
        order.mark = Fraction(order.mark) * denominator / numerator
        set_level(order)
    elif order.stop_units is not None:
        order.stop_units = scale.nearest_tick(order.stop_units * denominator, numerator)


def split_quantity(order: Order, ratio: tuple[int, int]) -> None:
    """Put what is left of an order on that scale, cut down to the lot."""
    order.units = order.filled + truncate(order.remaining * ratio[0] // ratio[1], order.scale.lot)
