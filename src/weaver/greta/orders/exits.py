"""Orders that only get out of a holding: filled in one step where they are all that their bar can do anything to."""

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.plain_orders import PlainOrders
from weaver.greta.ledger.prices import Prices
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.execution import AT_OPEN, INSIDE
from weaver.model.orders.fill_rules import LIMITED, touch_at_open, touch_inside
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.model.orders.trailing import TRAILING_STOP

ACCEPTED, GTC = OrderStatus.ACCEPTED, TimeInForce.GTC


class Exits:
    """Fills the one order of a book, if it rests, has no part filled and only makes a holding smaller.

    Like what fills plain orders it only notes that an order filled, and at which price of the market.
    """

    def __init__(self, plain: PlainOrders, book: list[Order], ledger: Ledger) -> None:
        self._is_simple, self._book = plain.is_simple, book
        self._ledger, self._prices, self._held = ledger, ledger.prices, ledger.units

    def is_filled(self, tick: int) -> bool:
        """Whether the bar of a tick has filled it, which is all that this bar does. If not, nothing was done."""
        if len(self._book) != 1 or not self._is_simple:
            return False
        order = self._book[0]
        prices = self._prices[order.scale.symbol]
        stop = order.stop_units
        if not (_is_at_rest(order, stop, prices, tick) and self._only_exits(order)):
            return False
        open_, high, low, close = prices.bar(tick)
        terms = order.order_type, order.sign, order.limit_units, stop, order.triggered
        place, touch = AT_OPEN, touch_at_open(*terms, open_)
        if touch.price is None:
            place, touch = INSIDE, touch_inside(*terms, (open_, high, low, close))
        if touch.price is None:
            return False
        order.triggered = touch.triggered
        self._ledger.record_exit(order, int(touch.price), tick, place)
        if order.group is not None:
            order.group.leave(order.units)  # of which no other leg works, nor the entry: they would be in the book
        self._book.clear()
        return True

    def _only_exits(self, order: Order) -> bool:
        """Whether what it gets out of is there, for no more than that may fill, and needs no paying for."""
        units, group = order.units, order.group
        return (group is None or units <= group.remaining) and units <= -order.sign * self._held[order.scale.symbol]


def _is_at_rest(order: Order, stop: int | None, prices: Prices, bar: int) -> bool:
    """Whether an order has been accepted, and waits for nothing but its price, at which it fills whole."""
    if order.status is not ACCEPTED or order.tif is not GTC or order.waiting or order.exits or not order.is_sized:
        return False
    if order.order_type is TRAILING_STOP and stop is None:
        return False  # it has not started
    if prices.costs.slips and order.order_type in LIMITED:
        return False  # its limit bounds what slippage makes of a price
    return prices.costs.max_participation is None and prices.opens[bar] >= order.begun
