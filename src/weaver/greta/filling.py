"""From a price that has come to a fill: how much of an order fills, and what that changes."""

from collections.abc import Mapping

from weaver.greta.ledger import INSIDE, Ledger
from weaver.greta.order_book import OrderBook
from weaver.greta.payment import Payment
from weaver.greta.prices import Prices
from weaver.model.actions import OrderType, TimeInForce
from weaver.model.errors import RunFailed
from weaver.model.money import truncate
from weaver.model.order import Order

LIMITED = (OrderType.LIMIT, OrderType.STOP_LIMIT)


class Filling:
    """Fills orders: within the bar's volume, the position and the account's means."""

    def __init__(self, book: OrderBook, ledger: Ledger, prices: Mapping[str, Prices]) -> None:
        self._book, self._ledger, self._prices = book, ledger, prices
        self._payment = Payment(ledger)
        self._tick = -1
        self._pools: dict[str, int] = {}
        self._start: tuple[int, dict[str, int]] = (0, {})
        self.capped = 0
        """How many fills the bar's volume cut."""
        self.resized = 0
        """How many targets the account's means cut."""

    def begin(self, tick: int) -> None:
        """A tick's bars come into play."""
        self._tick = self._payment.tick = tick
        self._pools.clear()
        if not all(order.is_sized for order in self._book.working):
            self._start = (self._ledger.cash, dict(self._ledger.units))

    def fill(self, order: Order, price: int, index: int, place: int, notes: tuple[str, ...] = ()) -> None:
        """Fill what can be filled of a working order at a market price; reject or cancel what cannot."""
        if order.reduce_only and order.sign * self._ledger.units[order.symbol] >= 0:
            self._book.cancel(order, "there is no position left to reduce")
            return
        pool = self._pool(order, index)
        if pool == 0 or not (order.is_sized or self._size(order, price)):
            return
        costs = self._prices[order.symbol].costs
        limit = order.limit_units if order.order_type in LIMITED else None
        paid = costs.slipped(price, sign=order.sign, limit=limit) if costs.slips else price
        wanted = self._wanted(order)
        takes = wanted if pool is None else min(wanted, pool)
        self.capped += takes < wanted
        if order.tif is TimeInForce.FOK:
            units = self._all_or_nothing(order, wanted, takes, price, paid)
        else:
            units = takes = self._payable(order, takes, price, paid) if ...
