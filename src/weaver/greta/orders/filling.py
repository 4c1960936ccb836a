"""From a price that has come to a fill: how much of an order fills, and what that changes."""

from collections.abc import Mapping

from weaver.greta.ledger.fill_rows import INSIDE
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.book import UNCHARGED, Charged, OrderBook
from weaver.greta.orders.payment import Payment
from weaver.model.errors import RunFailed
from weaver.model.numbers.money import truncate
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.order import ExitGroup, Order

REACHED = "the target was reached without it"
LIMITED = (OrderType.LIMIT, OrderType.STOP_LIMIT)


class Filling:
    """Fills orders: within the bar's volume, the position and the account's means."""

    def __init__(self, book: OrderBook, ledger: Ledger, prices: Mapping[str, Prices]) -> None:
        self._book, self._ledger, self._prices = book, ledger, prices
        self._payment = Payment(ledger, book.charged)
        self._tick = self._now = -1
        self.inside: dict[ExitGroup, int] = {}
        """Of groups whose entry filled inside a bar of this tick: at what price, before slippage."""
        self._pools: dict[str, int] = {}
        self._start: tuple[int, dict[str, int]] = (0, {})
        self.capped = 0
        """How many fills the bar's volume cut."""
        self.resized = 0
        """How many targets the account's means cut."""

    def begin(self, tick: int, now: int) -> None:
        """The bars of a tick, which is at an instant (ns), come into play."""
        self._tick = self._payment.tick = tick
        self._now = now
        self.inside.clear()
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
        asked = wanted if order.tif is TimeInForce.FOK else takes
        units = self._affordable(order, asked, price, paid)
        if units == 0 or (order.tif is TimeInForce.FOK and units > takes):
            return  # what is left of a fok order is cancelled when the opens are over
        if units < asked:
            order.units = order.filled + units
            notes = (*notes, "resized")
            self.resized += 1
        self.execute(order, units, price, paid, index, place, notes)

    def execute(
        self, order: Order, units: int, price: int, paid: int, index: int, place: int, notes: tuple[str, ...] = ()
    ) -> None:
        """Book a fill of so many units at the price paid, and let its group know. Raises RunFailed."""
        prices = self._prices[order.symbol]
        if not prices.low[index] <= price / prices.scale.price_one <= prices.high[index]:
            raise RunFailed(_outside(order, price, prices, index))
        prices.last_fill = price
        commission = self._charge(order, units, paid)
        order.add_fill(units, paid * units)
        slippage = order.sign * (paid - price)
        self._ledger.record(order, order.sign * units, paid, slippage, commission, index, place, notes)
        if order.symbol in self._pools:
            self._pools[order.symbol] -= units
        self._book.changed += (order, len(self._ledger.fills) - 1)
        if order.exits is not None:
            if place == INSIDE:
                self.inside[order.exits] = price
            self._book.enter(order.exits, units, self._now)
        if order.group is not None:
            self._book.leave(order.group, units)

    def _charge(self, order: Order, units: int, paid: int) -> int:
        """The commission of a fill, with those of the order before it."""
        costs = self._prices[order.symbol].costs
        before = self._book.charged.get(order.number, UNCHARGED)
        computed = before.computed + costs.computed(paid, units)
        commission = costs.due(computed, before.paid)
        if units < order.remaining:
            self._book.charged[order.number] = Charged(computed, before.paid + commission)
        return commission

    def _size(self, order: Order, price: int) -> bool:
        """Settle the quantity of a `size_at="fill"` order at the price of its fill; False: nothing is left to do."""
        assert order.target is not None
        cash, held = self._start
        equity = cash
        for symbol, units in held.items():
            if symbol == order.symbol:
                equity += order.scale.cash(price, units)
            elif units:
                equity += self._ledger.value(symbol, units, self._tick - 1)
        wanted = order.target.quantity(equity=equity, price=price, scale=order.scale)
        missing = wanted - self._ledger.units[order.symbol]
        # Older orders count; a younger target has counted this one already.
        older = (other for other in self._book.working if other.number < order.number and other.is_working)
        missing -= sum(o.sign * o.remaining for o in older if o.symbol == order.symbol and o.group is None)
        units = order.sign * missing
        if units < order.scale.minimum:
            is_small = missing == wanted and abs(wanted) < order.scale.minimum and order.target.is_something
            self._book.cancel(order, "its target is worth less than one lot" if is_small else REACHED)
            return False
        order.units, order.is_sized = units, True
        if order.exits is not None:
            self._book.settle(order.exits)
        return True

    def _wanted(self, order: Order) -> int:
        """How much an order would fill if volume and means were no matter."""
        wanted = order.remaining
        if order.group is not None:
            wanted = min(wanted, order.group.remaining)
        if order.reduce_only:
            wanted = min(wanted, -order.sign * self._ledger.units[order.symbol])
        return wanted

    def _affordable(self, order: Order, units: int, price: int, paid: int) -> int:
        """How much of so many units the account allows. Where that is nothing the order ends."""
        if self._payment.allows(order, units, price, paid):
            return units
        if order.filled:
            self._book.cancel(order, "the rest cannot be paid")
            return 0
        most = 0 if order.target is None else self._payment.largest(order, units, price, paid)
        if most == 0:
            self._book.reject(order, self._payment.why_not(order, units, paid))
        return most

    def _pool(self, order: Order, index: int) -> int | None:
        """What the bar's volume leaves, in quantity units; None without a cap."""
        prices = self._prices[order.symbol]
        if prices.costs.max_participation is None or not prices.has_volume:
            return None
        pool = self._pools.get(order.symbol)
        if pool is None:
            pool = truncate(prices.costs.capacity(prices.volume[index]), order.scale.lot)
            self._pools[order.symbol] = pool
        return pool


def _outside(order: Order, price: int, prices: Prices, index: int) -> str:
    at = order.scale.price_decimal(price).normalize()
    return (
        f"order {order.id}: its fill at {at:f} lies outside its bar of {prices.symbol}, {prices.low[index]} to "
        f"{prices.high[index]}; this is a fault of the engine, please report it"
    )
