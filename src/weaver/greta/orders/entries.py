"""Market entries whose exits begin to work as they fill: done with in one step where the bar leaves the exits alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weaver.greta.ledger.plain_orders import PlainOrders
from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.book import OrderBook
from weaver.greta.orders.next_touch import LASTING, RESTING, Watch, is_touched
from weaver.greta.orders.trails import Trails
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.order import ExitGroup, Order
from weaver.model.orders.status import OrderStatus


class Entries:
    """Takes up one entry with its exits where it is all that was asked for."""

    def __init__(
        self,
        plain: PlainOrders,
        prices: Mapping[str, Prices],
        orders: OrderBook,
        watch: Watch,
        trails: Trails,
        look_ahead: Callable[[int], object],
    ) -> None:
        """`look_ahead`: finds out, from a tick on, how long nothing happens to the exits that have begun."""
        self._plain, self._prices, self._orders, self._watch, self._trails = plain, prices, orders, watch, trails
        self._look_ahead = look_ahead

    def is_taken_up(self, fresh: Sequence[Any], tick: int) -> bool:
        """Whether `fresh`, which begins with an order, was an entry with all its exits, and has filled at the open of a
        tick, with exits in the book that have had their turn there. If not, nothing was done."""
        entry: Order = fresh[0]
        group = entry.exits
        if group is None or group.legs != fresh[1:] or not (self._plain.is_simple and _is_market(entry)):
            return False
        if group.is_in_percent:
            return False  # the prices of the exits are not known before the entry's
        prices = self._prices[entry.scale.symbol]
        if prices.costs.is_by_liquidity:
            return False  # its exits have to be seen to rest
        for leg in group.legs:
            if not _is_left(leg, prices, tick):
                return False
        if not self._plain.fills(entry, tick):
            return False
        self._start(entry, group, prices, tick)
        return True

    def _start(self, entry: Order, group: ExitGroup, prices: Prices, tick: int) -> None:
        """An entry has filled whole: have its exits begin."""
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
