"""From a price that has come to a fill: how much of an order fills, and what that changes."""

from collections.abc import Mapping

from weaver.greta.orders.book import UNCHARGED, Charged, OrderBook
from weaver.greta.orders.payment import Payment
from weaver.greta.ports import Means
from weaver.model.account.costs import CostModel
from weaver.model.errors import RunFailed
from weaver.model.market.session_bar import SessionBar
from weaver.model.numbers.money import truncate
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.execution import INSIDE, Execution
from weaver.model.orders.fill_rules import LIMITED
from weaver.model.orders.order import ExitGroup, Order

REACHED = "the target was reached without it"
FOK = TimeInForce.FOK


class Filling:
    """Fills orders: within the bar's volume, the position and the account's means."""

    def __init__(self, book: OrderBook, means: Means, costs: Mapping[str, CostModel]) -> None:
        self._book, self._means, self._costs = book, means, costs
        self._payment = Payment(means, costs, book.charged)
        self._now = 0
        self._pools: dict[str, int] = {}
        self._start: tuple[int, dict[str, int]] = (0, {})
        self.inside: dict[ExitGroup, int] = {}
        """Of groups whose entry filled inside a bar of this tick: at what price, before slippage."""
        self.portions: dict[int, int] = {}
        """By number of an order that fills in parts, whatever the volume: how much of it one bar fills at most."""
        self.capped = 0
        """How many fills the bar's volume cut."""
        self.resized = 0
        """How many targets the account's means cut to less than they were meant to be worth, by a hundredth or more."""

    def begin(self, now: int) -> None:
        """The bars of a tick, at an instant (ns), come into play."""
        self._now = now
        self.inside.clear()
        self._pools.clear()
        for order in self._book.working:
            if not order.is_sized:
                self._start = (self._means.cash, dict(self._means.units))
                return

    def fill(
        self,
        order: Order,
        price: int,
        bar: SessionBar,
        place: int,
        notes: tuple[str, ...] = (),
        *,
        is_maker: bool = False,
    ) -> None:
        """Fill what can be filled of a working order at a market price; reject or cancel what cannot. `is_maker`: it
        rested, and others came to it."""
        if order.reduce_only and order.sign * self._means.units[order.scale.symbol] >= 0:
            self._book.cancel(order, "there is no position left to reduce")
            return
        pool = self._pool(order, bar)
        if pool == 0 or not (order.is_sized or self._size(order, price)):
            return
        paid = self.paid(order, price)
        wanted = self._wanted(order)
        takes = wanted if pool is None else min(wanted, pool)
        self.capped += takes < wanted
        if self.portions:
            takes = min(takes, self.portions.get(order.number, takes))
        asked = wanted if order.tif is FOK else takes
        units = self._affordable(order, asked, price, paid, is_maker=is_maker)
        if units == 0 or (order.tif is FOK and units > takes):
            return  # what is left of a fok order is cancelled when the opens are over
        if units < asked:
            order.units = order.filled + units
            notes = (*notes, "resized")
            self.resized += self._is_cut(order, units, price)
        self.execute(order, units, price, paid, bar, place, notes, is_maker=is_maker)

    def execute(
        self,
        order: Order,
        units: int,
        price: int,
        paid: int,
        bar: SessionBar,
        place: int,
        notes: tuple[str, ...] = (),
        *,
        is_maker: bool = False,
    ) -> None:
        """Book a fill of so many units at the price paid, and let its group know. Raises RunFailed."""
        if not bar.low <= price <= bar.high:
            raise RunFailed(_outside(order, price, bar))
        commission = self._charge(order, units, paid, is_maker=is_maker)
        order.add_fill(units, paid * units)
        execution = Execution(order, units, price, paid, commission, bar, place, notes, is_maker)
        self._means.take(execution)
        if order.scale.symbol in self._pools:
            self._pools[order.scale.symbol] -= units
        self._book.changed.append((order, order.status, execution))
        if order.exits is not None:
            if place == INSIDE:
                self.inside[order.exits] = price
            self._book.enter(order.exits, units, self._now)
        if order.group is not None:
            self._book.leave(order.group, units)

    def paid(self, order: Order, price: int) -> int:
        """What an order pays, or gets, at a market price."""
        costs = self._costs[order.scale.symbol]
        if not costs.slips:
            return price
        limit = order.limit_units if order.order_type in LIMITED else None
        return costs.slipped(price, sign=order.sign, limit=limit)

    def _charge(self, order: Order, units: int, paid: int, *, is_maker: bool) -> int:
        """The commission of a fill, with those of the order before it."""
        costs = self._costs[order.scale.symbol]
        before = self._book.charged.get(order.number, UNCHARGED)
        computed = before.computed + (costs.maker if is_maker else costs).computed(paid, units)
        commission = costs.due(computed, before.paid)
        if units < order.remaining:
            self._book.charged[order.number] = Charged(computed, before.paid + commission)
        return commission

    def _is_cut(self, order: Order, units: int, price: int) -> bool:
        """Whether what is held after so many units is worth a hundredth or more less than the target: not where costs
        took a little, or the price rose in the meantime."""
        if order.target is None:
            return True
        scale, holdings = order.scale, self._means.units
        others = (self._means.value(one, held) for one, held in holdings.items() if held and one != scale.symbol)
        before = holdings[scale.symbol]
        equity = self._means.cash + scale.cash(price, before) + sum(others)
        meant = order.target.worth(equity=equity, price=price, scale=scale)
        return abs(scale.cash(price, before + order.sign * units)) * 100 < meant * 99

    def _size(self, order: Order, price: int) -> bool:
        """Settle the quantity of a `size_at="fill"` order at the price of its fill; False: nothing is left to do."""
        assert order.target is not None
        wanted = order.target.quantity(equity=self._equity(order, price), price=price, scale=order.scale)
        missing = wanted - self._means.units[order.scale.symbol]
        # Older orders count; a younger target has counted this one already.
        older = (other for other in self._book.working if other.number < order.number and other.is_working)
        missing -= sum(o.sign * o.remaining for o in older if o.symbol == order.scale.symbol and o.group is None)
        units = order.sign * missing
        if units < order.scale.minimum:
            is_small = missing == wanted and abs(wanted) < order.scale.minimum and order.target.is_something
            self._book.cancel(order, "its target is worth less than one lot" if is_small else REACHED)
            return False
        order.units, order.is_sized = units, True
        if order.exits is not None:
            self._book.settle(order.exits)
        return True

    def _equity(self, order: Order, price: int) -> int:
        """What the account was worth as the tick began, an order's symbol at the price of its fill."""
        cash, held = self._start
        others = (self._means.value(one, units) for one, units in held.items() if units and one != order.scale.symbol)
        return cash + order.scale.cash(price, held[order.scale.symbol]) + sum(others)

    def _wanted(self, order: Order) -> int:
        """How much an order would fill if volume and means were no matter."""
        wanted = order.remaining
        if order.group is not None:
            wanted = min(wanted, order.group.remaining)
        if order.reduce_only:
            wanted = min(wanted, -order.sign * self._means.units[order.scale.symbol])
        return wanted

    def _affordable(self, order: Order, units: int, price: int, paid: int, *, is_maker: bool) -> int:
        """How much of so many units the account allows. Where that is nothing the order ends."""
        if self._payment.allows(order, units, price, paid, is_maker=is_maker):
            return units
        if order.filled:
            self._book.cancel(order, "the rest cannot be paid")
            return 0
        most = 0 if order.target is None else self._payment.largest(order, units, price, paid, is_maker=is_maker)
        if most == 0:
            self._book.reject(order, self._payment.why_not(order, units, paid))
        return most

    def _pool(self, order: Order, bar: SessionBar) -> int | None:
        """What the bar's volume leaves, in quantity units; None without a cap."""
        costs = self._costs[order.scale.symbol]
        if costs.max_participation is None or bar.volume is None:
            return None
        pool = self._pools.get(order.scale.symbol)
        if pool is None:
            pool = self._pools[order.scale.symbol] = truncate(costs.capacity(bar.volume), order.scale.lot)
        return pool


def _outside(order: Order, price: int, bar: SessionBar) -> str:
    scale = order.scale
    at, low, high = scale.price_decimal(price).normalize(), bar.low / scale.price_one, bar.high / scale.price_one
    where = f"order {order.id}: its fill at {at:f} lies outside its bar of {scale.symbol}, {low} to {high}"
    return f"{where}; this is a fault of the engine, please report it"
