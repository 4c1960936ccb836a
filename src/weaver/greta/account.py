"""The account and order book that a backtest's strategy acts on."""

from collections.abc import Callable, Sequence

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.orders.matching import Matcher
from weaver.greta.ports import Clock
from weaver.model.account.position import Position
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.venue import VenueRules


class BacktestAccount:
    """Answers a strategy's questions from the ledger, and puts its orders into the book."""

    def __init__(self, ledger: Ledger, matcher: Matcher, venue: VenueRules | None) -> None:
        self._ledger, self._matcher, self._venue = ledger, matcher, venue
        self.clock: Clock | None = None
        self.is_over = False
        """Whether the last tick has been: what is asked for now cannot happen any more."""
        self._book = matcher.book
        self._kept = ledger.fills.kept
        self._units = ledger.units
        self.liquidations: set[int] = set()
        """The numbers of the orders by which the margin rule closes holdings."""
        self.take: Callable[[Order], None] = self.place
        if venue is None and type(self).place is BacktestAccount.place:  # nobody looks at a plain order on its way
            self.take = self._book.append

    @property
    def orders(self) -> list[Order]:
        """Every order of the run so far, in the order of their numbers."""
        found = self._ledger.fills.all_orders()
        found.update((order.number, order) for order in self._book)
        return [found[number] for number in sorted(found)]

    def place(self, order: Order) -> None:
        """Take a new order; it can act from the next bar of its symbol on."""
        self._kept[order.number] = order
        if not order.is_working:
            return  # a leg, whose entry was refused
        if self._venue is not None and (reason := self._venue.refuses(order)):
            self._matcher.orders.reject(order, reason)
            return
        self._book.append(order)
        if order.order_type is OrderType.TRAILING_STOP and order.mark is None and not order.waiting:
            order.mark = self.close(order.scale.symbol)
            if order.mark is not None:
                self._matcher.level(order)

    def liquidate(self, order: Order) -> None:
        """Take an order by which the margin rule closes a holding."""
        order.is_plain, order.reduce_only = False, True
        self.liquidations.add(order.number)
        self.place(order)

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order, at once."""
        self._matcher.orders.cancel(order, reason)
        self._matcher.orders.sweep()

    def replaced(self, old: Order, new: Order) -> None:
        """`new`, already placed, stands in for `old`: in its group, with its legs."""
        old.replaced_by, old.cancel_asked = new, True
        if old.group is not None:
            old.group.legs[old.group.legs.index(old)] = new
        if old.exits is not None:
            old.exits.entry = new
        self.cancel(old, f"replaced by order {new.id}")

    def scale(self, symbol: str) -> Scale:
        """The symbol's units."""
        return self._ledger.prices[symbol].scale

    def units(self, symbol: str) -> int:
        """What is held."""
        return self._units[symbol]

    def position(self, symbol: str) -> Position:
        """The holding with its cost."""
        return self._ledger.position(symbol)

    def working(self, symbol: str | None = None) -> Sequence[Order]:
        """Orders that may still fill, oldest first."""
        if not self._book:
            return ()
        return [order for order in self._book if order.is_working and symbol in (None, order.scale.symbol)]

    def close(self, symbol: str) -> int | None:
        """The newest close, or None before the first bar."""
        assert self.clock is not None
        prices = self._ledger.prices[symbol]
        index = prices.newest_at(self.clock.tick)
        return prices.close_units(index) if index >= 0 else None

    def cash(self) -> int:
        """Cash."""
        return self._ledger.cash

    def equity(self) -> int:
        """Cash and positions at the newest closes."""
        assert self.clock is not None
        return self._ledger.cash + self._ledger.values(self.clock.tick)[0]
