"""Orders that only get out of a holding: filled in one step where they are all that their bar can do anything to."""

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.plain_orders import Fill, PlainOrders
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
        self._book = book
        self._by_symbol = {
            symbol: _exit_of(ledger, prices)
            for symbol, prices in ledger.prices.items()
            if plain.is_simple and prices.costs.max_participation is None
        }

    def is_filled(self, tick: int) -> bool:
        """Whether the bar of a tick has filled it, which is all that this bar does. If not, nothing was done."""
        book = self._book
        if len(book) != 1 or not self._by_symbol:
            return False
        order = book[0]
        fill = self._by_symbol.get(order.scale.symbol)
        if fill is None or not fill(order, tick):
            return False
        book.clear()
        return True


def _exit_of(ledger: Ledger, prices: Prices) -> Fill:
    """What fills an order of one symbol on one of its bars where it does no more than get out of what is held. All that
    it needs is looked up once."""
    symbol, held, opens, bar_of = prices.symbol, ledger.units, prices.opens, prices.bar
    is_limit_bound = prices.costs.slips or prices.costs.is_by_liquidity
    record = ledger.recorder_of_exits(symbol)

    def fill(order: Order, bar: int) -> bool:
        units, group, order_type, sign = order.units, order.group, order.order_type, order.sign
        if not _is_at_rest(order) or opens[bar] < order.begun:
            return False
        # What it gets out of has to be there, for no more than that may fill, and needs no paying for.
        if units > -sign * held[symbol] or (group is not None and units > group.remaining):
            return False
        if is_limit_bound and order_type in LIMITED:
            return False  # its limit bounds what slippage makes of a price, and whether it rested what it costs
        stop = order.stop_units
        if stop is None and order_type is TRAILING_STOP:
            return False  # it has not started
        limit, triggered, whole = order.limit_units, order.triggered, bar_of(bar)
        place, touch = AT_OPEN, touch_at_open(order_type, sign, limit, stop, triggered, whole[0])
        if touch.price is None:
            place, touch = INSIDE, touch_inside(order_type, sign, limit, stop, triggered, whole)
            if touch.price is None:
                return False
        order.triggered = touch.triggered
        record(order, int(touch.price), bar, place)
        if group is not None:
            group.leave(units)  # of which no other leg works, nor the entry: they would be in the book
        return True

    return fill


def _is_at_rest(order: Order) -> bool:
    """Whether an order has been accepted, and waits for nothing but its price, at which it fills whole."""
    is_waiting = order.status is not ACCEPTED or order.tif is not GTC or order.waiting
    return not (is_waiting or order.exits) and order.is_sized
