"""What a split does to the orders of its symbol."""

from fractions import Fraction

from weaver.greta.orders.book import OrderBook
from weaver.greta.orders.trailing import set_level
from weaver.model.numbers.money import truncate
from weaver.model.orders.order import Order


def split_orders(book: OrderBook, symbol: str, ratio: tuple[int, int]) -> None:
    """Prices and what is left of quantities follow; exit legs have their quantity from their group."""
    working = [order for order in book.working if order.symbol == symbol]
    for order in working:
        _split_prices(order, ratio)
    for group in {id(order.group): order.group for order in working if order.group is not None}.values():
        group.split(ratio, lot=group.legs[0].scale.lot)
    for order in working:
        if order.group is None:
            order.units = order.filled + truncate(order.remaining * ratio[0] // ratio[1], order.scale.lot)
    for order in working:
        if order.group is not None:
            book.settle(order.group)
        elif order.remaining == 0:
            book.cancel(order, "a split left less than a lot of it")
    book.sweep()


def _split_prices(order: Order, ratio: tuple[int, int]) -> None:
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
