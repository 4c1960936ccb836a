"""What a split does to the orders of its symbol."""

from weaver.greta.orders.book import OrderBook
from weaver.model.orders.splits import split_prices, split_quantity


def split_orders(book: OrderBook, symbol: str, ratio: tuple[int, int]) -> None:
    """Prices and what is left of quantities follow; exit legs have their quantity from their group."""
    working = [order for order in book.working if order.symbol == symbol]
    groups = {id(order.group): order.group for order in working if order.group is not None}.values()
    for group in groups:
        if group.is_in_percent:
            group.set_prices()  # what the entry has paid by now is on the old scale
    for order in working:
        split_prices(order, ratio)
    for group in groups:
        group.split(ratio, lot=group.legs[0].scale.lot)
    for order in working:
        if order.group is None:
            split_quantity(order, ratio)
    for order in working:
        if order.group is not None:
            book.settle(order.group)
        elif order.remaining == 0:
            book.cancel(order, "a split left less than a lot of it")
    book.sweep()
