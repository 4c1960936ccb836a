"""The half of a tick that is the market's: corporate actions, fills, expiries, margin; and when it is quiet."""

from collections.abc import Callable

from weaver.greta.account import BacktestAccount
from weaver.greta.ledger.carry import Carry
from weaver.greta.ledger.fills import FillAtOpen
from weaver.greta.ledger.margin_rule import MarginRule
from weaver.greta.ledger.plain_orders import PlainOrders
from weaver.greta.orders.corporate_actions import CorporateEvents
from weaver.greta.orders.entries import Entries
from weaver.greta.orders.exits import Exits
from weaver.greta.orders.next_touch import Watch
from weaver.greta.orders.short_way import QUIET, ShortWay
from weaver.greta.orders.trails import Trails
from weaver.greta.ports import Settle, Updates
from weaver.greta.setup import Setup
from weaver.model.account.account_kind import AccountKind
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus


class Market:
    """What the bars do to an account, from the tick `first` on.

    `next_number` gives the numbers of the orders by which the margin rule sells. `is_heard`: somebody wants to hear
    what happens to orders.
    """

    def __init__(
        self,
        setup: Setup,
        account: BacktestAccount,
        next_number: Callable[[], int],
        first: int,
        *,
        is_heard: bool,
    ) -> None:
        self._is_heard = is_heard
        self.prices, self.ledger, self.matcher = account.prices, account.ledger, account.matcher
        self._account, self._next_number, self._ticks = account, next_number, self.matcher.ticks
        self._last = len(self._ticks) - 1
        self.until = first
        """The first tick at which it may bring more than bars."""
        self._book, self._orders, self._fresh = self.matcher.book, self.matcher.orders, account.fresh
        begin = self.matcher.begin
        self._trails = Trails(self._book, self.prices, account.clock)
        self._watch = Watch(self._orders, self.prices, self._trails, self._ticks, begin)
        carry = Carry(self.ledger, setup.costs, self._ticks, first)
        self._corporate = CorporateEvents(self.prices, self.ledger, self.matcher, carry, first, self._last)
        plain = PlainOrders(self.ledger, begin=begin, start=setup.start)
        accept = _leave if is_heard else self._orders.accept
        self._exits = None if is_heard else Exits(plain, self._book, self.ledger)
        entries = (
            None if is_heard else Entries(plain, self.prices, self._orders, self._watch, self._trails, self.quiet_until)
        )
        self._take_up_all = ShortWay(plain, self._watch, entries).way(self._fresh, accept)
        self._news: list[Order | Fill] = []
        self._asked: list[Order] = []
        """New orders that the short way was tried with, of which nobody has been told."""
        is_margin = setup.rules.kind is AccountKind.MARGIN or self.ledger.has_margin
        self._margin = MarginRule(self.ledger, self.prices) if is_margin else None
        self.settle = self._settler()
        """Settles all that was asked for at the tick before a tick as of its opens, if nothing more can come of it, and
        the market stays as quiet as `until` says, or says by then."""

    def turn(self, tick: int) -> Updates:
        """Everything that a tick's bars bring, in order, up to the strategy's turn. What there is to tell of it."""
        self._trails.begin(tick)  # a new one starts from where it was placed
        is_due = self._take_up(tick)
        if is_due and not (self._exits is not None and self._exits.is_filled(tick)):
            self._trails.stand_still()
            self.matcher.trade(tick)
        self._trails.end(tick, are_moved=is_due)
        if tick in self._corporate.late:
            self._corporate.happen_late(tick)
        if is_due:
            if self._book:
                self.matcher.expire(tick)
            self._watch.rest(tick)
        if self._margin is not None and self._margin.falls_short(tick):
            self._liquidate(tick)
        return self._take_updates()

    def quiet_until(self, tick: int) -> int:
        """The first tick from `tick` on at which it may bring more than bars: what `until` is from here on."""
        until = self._last + 1
        if self._book:
            # What rests to the end is seen there once more, so that its status is that of a run that went bar by bar.
            due, until = self._watch.due(tick - 1), self._last if tick < self._last else tick
            if due < until:
                until = due
        if self._corporate.agenda:
            until = min(until, self._corporate.next_after(tick - 1))
        self.until = until if self._margin is None else self._margin.first_doubt(tick, until)
        return self.until

    def _settler(self) -> Settle:
        if self._is_heard:
            return self._settle_and_tell
        take_up_all, margin = self._take_up_all, self._margin
        if margin is None:
            return take_up_all

        def settle(tick: int) -> Updates | None:
            news = take_up_all(tick)
            return news if news is not None and margin.is_safe(tick, self.until) else None

        return settle

    def _settle_and_tell(self, tick: int) -> Updates | None:
        if not self._is_taken_up(tick):
            return None
        self._accept()
        is_safe = self._margin is None or self._margin.is_safe(tick, self.until)
        return self._take_updates() if is_safe else None

    def _take_up(self, tick: int) -> bool:
        """Have corporate actions happen, and what was asked for at the opens or in the book. Whether the book's orders
        are to have their turn."""
        if tick in self._corporate.ticks:
            self._account.absorb()
            self._corporate.happen(tick)
            self._watch.look_again()
            return bool(self._book)
        is_due = bool(self._book) and self._watch.due(tick - 1) <= tick
        if not self._fresh:
            return is_due
        if is_due:
            self._account.absorb()
            if self._asked:
                self._accept()
            return True
        return self._take_up_short(tick)

    def _take_up_short(self, tick: int) -> bool:
        """Have the short way take up what it can, and the rest in the book. Whether its bars may touch that."""
        is_done = self._is_taken_up(tick)
        is_due = not is_done and not all(self._watch.leaves(order, tick) for order in self._account.new_orders())
        self._account.absorb()
        self._accept()
        if not (is_done or is_due):
            self._watch.rest(tick)
        return is_due and bool(self._book)

    def _is_taken_up(self, tick: int) -> bool:
        """Whether the short way has taken up all that was asked for."""
        if self._is_heard and not self._asked:
            pending = OrderStatus.PENDING
            self._asked = [what for what in self._fresh if isinstance(what, Order) and what.status is pending]
        return self._take_up_all(tick) is not None

    def _accept(self) -> None:
        """Accept what was asked for. What has happened is told in this order: changes, acceptances by age, fills of
        orders that went the short way."""
        if not self._is_heard:
            self._orders.accept(self._book)
            return
        asked, self._asked = self._asked, []
        filled = [order for order in asked if order.status is OrderStatus.FILLED]
        if len(filled) == len(asked) and not self._orders.changed and not self._book:
            self._news += asked
        else:
            self._accept_in_turn(asked)
        rows = range(len(self.ledger.fills) - len(filled), len(self.ledger.fills))
        self._news += [FillAtOpen(self.ledger, row) for row in rows]

    def _accept_in_turn(self, asked: list[Order]) -> None:
        """What changed, then the acceptances of what was asked for and of the book."""
        self._news += self._changes()
        for order in asked:
            if order.status is OrderStatus.FILLED:
                self._news.append(order)
            else:
                self._orders.accept([order])
                self._news += self._changes()
        self._orders.accept(self._book)
        self._news += self._changes()

    def _changes(self) -> list[Order | Fill]:
        """What changed on the exchange since this was last asked: each order, and the fill if one did it."""
        found: list[Order | Fill] = []
        for order, _, execution in self._orders.take_changes():
            found.append(order)
            if execution is not None:
                found.append(execution.as_fill())
        return found

    def _take_updates(self) -> Updates:
        """What happened to orders since this was last called, in order, where somebody wants to hear of it."""
        if not self._is_heard:
            self._orders.changed.clear()
            return QUIET
        news, self._news = self._news + self._changes(), []
        return news

    def _liquidate(self, tick: int) -> None:
        """Too little equity at the closes sells everything at the next opens."""
        self._account.margin_calls += 1
        own = self._account.liquidations
        works = {order.symbol for order in self._book if order.number in own}
        for order in tuple(self._book):
            if order.number not in own and order.is_working:
                self._orders.cancel(order, "margin call: every order is cancelled")
        self._orders.sweep()
        for symbol, units in self.ledger.units.items():
            if units and symbol not in works:
                self._account.liquidate(self.closing_order(symbol, units, self._ticks[tick]))

    def closing_order(self, symbol: str, held: int, placed: int) -> Order:
        """An order that no strategy asked for, which closes a holding; `placed` in ns."""
        order = Order(self._next_number(), self.prices[symbol].scale, -1 if held > 0 else 1, abs(held), placed)
        order.tif = TimeInForce.GTC
        return order


def _leave(orders: list[Order]) -> None:
    """Orders that somebody wants to hear of are accepted in turn with others."""
    del orders
