"""What is known of the account's orders: by the stream, by answers, and what the stream was too quiet about."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from weaver.veda.exchange.orders import OrderUpdate, VenueFill, VenueOrder

ORDERS_MAX, EXECUTIONS_MAX = 10_000, 50_000
"""How many are remembered: of orders, working ones are never forgotten."""
_Told = tuple[str, Decimal, str | None]


class KnownOrders:
    """Orders by venue id, and what has been told of each."""

    def __init__(self) -> None:
        self._orders: OrderedDict[str, VenueOrder] = OrderedDict()
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._executions: OrderedDict[str, None] = OrderedDict()

    def note(self, orders: Iterable[VenueOrder]) -> None:
        """An answer shows these orders, with their legs."""
        for order in _with_legs(orders):
            if not self._is_older(order):
                self._orders[order.venue_id] = order
                self._orders.move_to_end(order.venue_id)
        self._forget()

    def tell(self, update: OrderUpdate) -> None:
        """An update goes out."""
        self.note([update.order])
        self._told[update.order.venue_id] = _told(update.order)
        self._told.move_to_end(update.order.venue_id)
        if update.fill is not None:
            self._executions[update.fill.execution_id] = None
        for kept, count in ((self._told, ORDERS_MAX), (self._executions, EXECUTIONS_MAX)):
            while len(kept) > count:
                kept.popitem(last=False)

    def working(self) -> list[VenueOrder]:
        """Those that may still fill, as far as is known."""
        return [order for order in self._orders.values() if order.is_working]

    def find(self, venue_id: str) -> VenueOrder | None:
        """An order that is remembered."""
        return self._orders.get(venue_id)

    def is_news(self, order: VenueOrder) -> bool:
        """Whether no update has told this of an order."""
        return self._told.get(order.venue_id) != _told(order)

    def is_new_fill(self, fill: VenueFill) -> bool:
        """Whether no update has told of an execution. Where ids differ, how much of its order has filled decides."""
        if fill.execution_id in self._executions:
            return False
        told = self._told.get(fill.venue_order_id)
        return told is None or fill.cumulative_quantity is None or fill.cumulative_quantity > told[1]

    def _is_older(self, order: VenueOrder) -> bool:
        """An answer that was overtaken by an update: less has filled, or it works although it is over."""
        known = self._orders.get(order.venue_id)
        if known is None:
            return False
        return order.filled_quantity < known.filled_quantity or (order.is_working and not known.is_working)

    def _forget(self) -> None:
        if len(self._orders) <= ORDERS_MAX:
            return
        for venue_id in [found for found, order in self._orders.items() if not order.is_working][: ORDERS_MAX // 10]:
            del self._orders[venue_id]


def _with_legs(orders: Iterable[VenueOrder]) -> Iterator[VenueOrder]:
    for order in orders:
        yield order
        yield from _with_legs(order.legs)


def _told(order: VenueOrder) -> _Told:
    return order.venue_status, order.filled_quantity, order.replaced_by
