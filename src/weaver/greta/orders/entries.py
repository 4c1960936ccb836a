"""Market entries whose exits begin to work as they fill: done with in one step where the bar leaves the exits alone."""

from collections.abc import Callable, Sequence
from typing import Any

from weaver.greta.ledger.plain_orders import PlainOrders
from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.book import OrderBook
from weaver.greta.orders.next_touch import LASTING, RESTING, Watch, is_touched
from weaver.greta.orders.trails import Trails
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus


class Entries:
    """Takes up one entry with its exits where it is all that was asked for."""

    def __init__(
        self, plain: PlainOrders, orders: OrderBook, watch: Watch, trails: Trails, look_ahead: Callable[[int], object]
    ) -> None:
        """`look_ahead`: finds out, from a tick on, how long nothing happens to the exits that have begun."""
        self._plain, self._orders, self._watch, self._trails = plain, orders, watch, trails
        self._look_ahead = look_ahead

    def is_taken_up(self, fresh: Sequence[Any], tick: int) -> bool:
        """Whether `fresh` was an entry with all its exits, and has filled at the open of a tick, with exits in the book
        that have had their turn there. If not, nothing was done."""
        entry = fresh[0]
        if not (self._plain.is_simple and isinstance(entry, Order) and entry.exits and entry.exits.legs == fresh[1:]):
            return False
        prices = self._plain.prices_of(entry)
        if not (_is_market(entry) and all(_is_left(leg, prices, tick) for leg in entry.exits.legs)):
            return False
        if not self._plain.fills(entry, tick):
            return False
        self._start(entry, prices, tick)
        return True

    def _start(self, entry: Order, prices: Prices, tick: int) -> None:
        """An entry has filled whole: have its exits begin."""
        group = entry.exits
        assert group is not None
        self._plain.keep(entry)
        self._orders.working += group.legs
        self._orders.enter(group, entry.units, prices.ends[tick])
        for leg in group.legs:
            if leg.order_type is OrderType.TRAILING_STOP:
                self._trails.start(leg, prices.close_units(tick), tick)
        self._watch.rest(tick)
        self._look_ahead(tick + 1)


def _is_market(entry: Order) -> bool:
    """Whether an entry can fill at any open of the regular session."""
    is_any = entry.order_type is OrderType.MARKET and entry.tif in LASTING and entry.expires_at is None
    is_whole = entry.is_sized and not (entry.reduce_only or entry.group or entry.extended_hours)
    return is_any and is_whole and entry.status is OrderStatus.PENDING


def _is_left(leg: Order, prices: Prices, bar: int) -> bool:
    """Whether a bar surely leaves an exit whose entry fills at its open."""
    if leg.status is not OrderStatus.PENDING or leg.tif is not TimeInForce.GTC:
        return False
    if leg.order_type is OrderType.TRAILING_STOP:
        return leg.mark is None
    return leg.order_type in RESTING and not is_touched(leg, prices, bar)
