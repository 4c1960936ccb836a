"""The account and order book that a backtest's strategy acts on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.openings import Openings
from weaver.greta.ledger.prices import Prices
from weaver.greta.order_log import OrderLog
from weaver.greta.orders.matching import Matcher
from weaver.greta.orders.trails import start
from weaver.greta.ports import Clock
from weaver.greta.setup import Setup
from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.opening import Opening
from weaver.model.account.position import Position
from weaver.model.numbers.scale import Scale
from weaver.model.orders.order import WORKING, Order
from weaver.model.orders.trailing import TRAILING_STOP
from weaver.model.orders.venue import refusal


def prices_of(setup: Setup) -> dict[str, Prices]:
    """The bars of a run as its account works on them."""
    return {
        symbol: Prices(listing, setup.costs[symbol], setup.scales[symbol]) for symbol, listing in setup.listings.items()
    }


class BacktestAccount:
    """Answers a strategy's questions from the ledger, and puts its orders into the book. `clock` says when it is."""

    def __init__(self, setup: Setup, clock: Clock, prices: Mapping[str, Prices] | None = None) -> None:
        """`prices`: those of another run on the same, so that what was found out about the bars is not again."""
        self.clock, self._venue = clock, setup.venue
        known = prices_of(setup) if prices is None else prices
        self.prices = {symbol: one.anew() for symbol, one in known.items()}
        self.rules = setup.rules
        self.ledger = Ledger(setup.rules, self.prices)
        legs_wait = setup.venue is not None and setup.venue.legs_wait_for_whole_fill
        self.matcher = Matcher(self.ledger, self.prices, legs_wait=legs_wait, on_end=self._ended)
        self.ended: dict[int, int] = {}
        """By number of an order that ended other than by a fill: the tick at which it did."""
        self.fresh: list[Any] = []
        """What the strategy has asked for since the market last had its turn: orders, new ones and those it cancelled,
        and whatever else it wants of the next tick."""
        self._openings = Openings(self.ledger)
        self._book, self._cancel = self.matcher.book, self.matcher.exchange.cancel
        self._kept = self.ledger.fills.kept
        self.held: Mapping[str, int] = self.ledger.units
        """What is held of each symbol, in quantity units."""
        self.liquidations: set[int] = set()
        """The numbers of the orders by which the margin rule closes holdings."""
        self.margin_calls = 0
        """At how many ticks equity fell short: every order is cancelled then, whether or not anything is held."""
        self.take: Callable[[Order], None] = self.place
        if setup.venue is None and type(self).place is BacktestAccount.place:  # nobody looks at a plain order
            self.take = self.fresh.append

    def end(self) -> None:
        """The last tick has been: what is asked for from here on cannot happen any more."""

    @property
    def orders(self) -> list[Order]:
        """Every order of the run so far, in the order of their numbers."""
        return self.ledger.fills.orders([*self._book, *(what for what in self.fresh if isinstance(what, Order))])

    @property
    def log(self) -> OrderLog | None:
        """How orders were placed and ended, for those accounts that keep it."""
        return None

    def _ended(self, order: Order) -> None:
        """An order ended other than by a fill."""
        self.ended[order.number] = self.clock.tick

    def absorb(self) -> None:
        """Have the orders that were asked for in the book."""
        for order in self.new_orders():
            self.matcher.exchange.place(order)
        self.fresh.clear()

    def new_orders(self) -> list[Order]:
        """The orders that were asked for since the market last had its turn, and still work."""
        return [what for what in self.fresh if isinstance(what, Order) and what.status in WORKING]

    def show(self, symbol: str, holding: list[bool]) -> None:
        """Keep this list empty while nothing is held of a symbol, and otherwise not."""
        self.ledger.shown[symbol] = holding

    def place(self, order: Order) -> None:
        """Take a new order; it can act from the next bar of its symbol on."""
        self._kept[order.number] = order
        if order.status not in WORKING:
            return  # a leg, whose entry was refused
        if self._venue is not None and (reason := refusal(self._venue, order)):
            self.matcher.orders.reject(order, reason)
        self.fresh.append(order)
        if order.order_type is TRAILING_STOP:
            start(order, self.prices[order.scale.symbol], self.clock.tick)

    def liquidate(self, order: Order) -> None:
        """Take an order by which the margin rule closes a holding."""
        order.is_plain, order.reduce_only = False, True
        self.liquidations.add(order.number)
        self.place(order)

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order, at once."""
        self._cancel(order, reason)
        fresh = self.fresh
        if not fresh or fresh[-1] is not order:  # of what was asked for last the change is seen as it is
            fresh.append(order)

    def replaced(self, old: Order, new: Order) -> None:
        """`new`, already placed, stands in for `old`: in its group, with its legs."""
        old.give_way(new)
        self.cancel(old, f"replaced by order {new.id}")

    def scale(self, symbol: str) -> Scale:
        """The symbol's units."""
        return self.prices[symbol].scale

    def position(self, symbol: str) -> Position:
        """The holding with its cost."""
        return self.ledger.position(symbol)

    def opening(self, symbol: str) -> Opening | None:
        """When the holding was opened; None when flat."""
        return self._openings.of(symbol)

    def deals(self, first: int) -> list[Deal]:
        """The fills from the one of index `first` on."""
        return self._openings.deals(first)

    def changes(self, first: int) -> list[HoldingChange]:
        """Splits and delistings of what was held, from the one of index `first` on."""
        return self._openings.changes(first, self.clock.ticks)

    def working(self, symbol: str | None = None) -> Sequence[Order]:
        """Orders that may still fill, oldest first."""
        if not (self._book or self.fresh):
            return ()
        orders = [*(order for order in self._book if order.is_working), *self.new_orders()]
        return [order for order in orders if symbol in (None, order.scale.symbol)]

    def close(self, symbol: str) -> int | None:
        """The newest close, or None before the first bar."""
        prices = self.prices[symbol]
        index = prices.newest_at(self.clock.tick)
        return prices.close_units(index) if index >= 0 else None

    def cash(self) -> int:
        """Cash."""
        return self.ledger.cash_at(self.clock.tick)

    def equity(self) -> int:
        """Cash and positions at the newest closes."""
        return self.ledger.cash + self.ledger.values(self.clock.tick)[0]
