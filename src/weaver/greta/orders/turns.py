"""Which orders get their turn on the bars of a tick, in the order that the fill rules lay down."""

from collections.abc import Callable, Mapping, Sequence

from weaver.greta.orders.book import OrderBook
from weaver.greta.orders.filling import Filling
from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN, INSIDE
from weaver.model.orders.fill_rules import Touch, price_as_triggered, touch_at_open, touch_inside
from weaver.model.orders.order import WORKING, ExitGroup, Order
from weaver.model.orders.trailing import set_level

TRAILING_STOP, OPG, CLS = OrderType.TRAILING_STOP, TimeInForce.OPG, TimeInForce.CLS
ONE_OPEN = frozenset({TimeInForce.IOC, TimeInForce.FOK, OPG})
ONE_PRICE = ONE_OPEN | {CLS}
ENDING = frozenset({TimeInForce.DAY, TimeInForce.GTD, CLS})
"""Those that no bar fills which opens when their session has closed."""
EVER = -(2**63)
"""An instant before all others, ns."""


class Turns:
    """What a tick's bars do to the orders of a book: at their opens, inside them, and to trailing stops."""

    def __init__(self, book: OrderBook, filling: Filling, begin: int) -> None:
        self._book, self._filling = book, filling
        self.begin = begin
        """Orders placed up to this instant (ns), ahead of the first bars, may act on any bar."""
        self._now = EVER
        self._bars: Mapping[str, SessionBar] = {}
        self._opened: set[int] = set()
        """The orders that could have filled at the open of the tick's bar, by number."""
        self._turned: set[ExitGroup] = set()
        """The groups whose stop has had its turn inside the tick's bar."""

    def run(self, now: int, bars: Mapping[str, SessionBar]) -> None:
        """Give the orders of the bars' symbols their turns; `now`: the tick, ns."""
        self._now, self._bars = now, bars
        self._opened.clear()
        self._turned.clear()
        acting = [order for order in self._book.working if order.scale.symbol in bars]
        self._pass(acting, self._at_open)
        for order in acting:
            if order.tif in ONE_OPEN and order.number in self._opened and order.is_working:
                whose = "session" if order.tif is OPG else "bar"
                self._book.cancel(order, f"{order.tif}: not filled at the open of its {whose}")
        self._pass(acting, self._inside)
        for order in [order for order in acting if order.tif is CLS and not order.waiting]:
            self._at_close(order)  # but for legs that one of them starts
        for order in acting:
            if order.order_type is TRAILING_STOP:
                self._trail(order)

    @staticmethod
    def _pass(acting: Sequence[Order], turn: Callable[[Order], None]) -> None:
        """Give each order its turn, by age."""
        for order in acting:
            exits = order.exits
            waited = exits is not None and exits.started is None
            turn(order)
            if exits is not None and waited and exits.started is not None:
                # Legs that it starts come later in the pass, but for those older than it: it replaced another entry.
                for leg in sorted(exits.legs, key=lambda leg: leg.number):
                    if leg.number < order.number:
                        turn(leg)

    def _may_act(self, order: Order) -> bool:
        """Whether an order is in play on its symbol's bar; its first such bar starts its day."""
        if order.waiting or order.status not in WORKING:
            return False
        group, tif = order.group, order.tif
        if group is not None:
            if group.remaining <= 0:
                return False  # its entry may bring more
            if group in self._filling.inside and order.stop_units is None and tif is not CLS:
                return False  # what the bar did after its entry filled inside it is not known, but for its close
        if order.order_type is TRAILING_STOP and order.mark is None:
            return False  # it starts at the close of the bar in which its entry filled
        if not self._is_for(order):
            return False
        if tif is OPG:
            return order.begun <= max(self._bars[order.scale.symbol].session.open, self.begin)
        if tif in ENDING:
            bar = self._bars[order.scale.symbol]
            close = self._book.session_closes.get(order.number, order.expires_at)
            if close is None:
                close = bar.session.closes(extended_hours=order.extended_hours)
                self._book.session_closes[order.number] = close
            return bar.opened < close
        return True

    def _is_for(self, order: Order) -> bool:
        """Whether the bar of an order's symbol is tradable for it, and opened after it was placed."""
        bar = self._bars[order.scale.symbol]
        if self.begin < order.placed > bar.opened:
            return False
        # Not outside the regular session, unless the order has extended hours; and not without volume.
        return (bar.is_regular or order.extended_hours) and (bar.volume is None or bar.volume > 0)

    def _at_open(self, order: Order) -> None:
        if not self._may_act(order) or order.tif is CLS:
            return
        bar = self._bars[order.scale.symbol]
        terms = (order.order_type, order.sign, order.limit_units, order.stop_units, order.triggered)
        touch = touch_at_open(*terms, bar.open)
        order.triggered = touch.triggered
        if touch.price is not None or order.tif in ONE_OPEN:
            self._opened.add(order.number)
        if touch.price is not None:
            self._filling.fill(order, bar.open, bar, AT_OPEN, is_maker=order.number in self._book.rested)
        self._rest(order)

    def _at_close(self, order: Order) -> None:
        """The turn of a cls order at the close of its session's last bar."""
        bar = self._bars[order.scale.symbol]
        if bar.end < bar.session.close or not self._may_act(order):
            return
        if order.limit_units is None or order.sign * bar.close <= order.sign * order.limit_units:
            self._filling.fill(order, bar.close, bar, AT_CLOSE)

    def _inside(self, order: Order) -> None:
        """An order's turn inside the bar: of a group the stop goes first, in the place of the oldest leg that works."""
        group = order.group
        if group is None:
            self._touch(order)
        elif order.is_working and not order.waiting:
            if group not in self._turned:
                self._turned.add(group)
                for leg in group.legs:
                    if leg.stop_units is not None:
                        self._touch(leg)
            if order.stop_units is None:
                self._touch(order)

    def _touch(self, order: Order) -> None:
        if not self._has_rest(order):
            return
        touch, had_triggered = self._touched(order), order.triggered
        order.triggered = touch.triggered
        if touch.price is not None:
            notes = ("both_touched",) if self._touches_sibling(order) else ()
            bar = self._bars[order.scale.symbol]
            is_maker = order.limit_units is not None
            if is_maker and order.stop_units is not None and not had_triggered:
                is_maker = touch.price != price_as_triggered(order.sign, order.stop_units, self._opened_at(order))
            self._filling.fill(order, int(touch.price), bar, INSIDE, notes, is_maker=is_maker)
        self._rest(order)

    def _rest(self, order: Order) -> None:
        """Note that a limit has stood in the market, so that from now on others come to it."""
        if order.limit_units is not None and (order.stop_units is None or order.triggered):
            self._book.rested.add(order.number)

    def _touches_sibling(self, order: Order) -> bool:
        """Whether the bar that takes a group's stop touches its other leg as well."""
        if order.group is None or order.stop_units is None:
            return False
        others = (leg for leg in order.group.legs if leg is not order and self._has_rest(leg))
        return any(self._touched(leg).price is not None for leg in others)

    def _has_rest(self, order: Order) -> bool:
        """Whether the rest of the bar is for an order: not when it could fill at the open already."""
        return order.number not in self._opened and order.tif not in ONE_PRICE and self._may_act(order)

    def _touched(self, order: Order) -> Touch:
        _, high, low, close = self._bars[order.scale.symbol][:4]
        prices = self._opened_at(order), high, low, close
        return touch_inside(order.order_type, order.sign, order.limit_units, order.stop_units, order.triggered, prices)

    def _opened_at(self, order: Order) -> int:
        """What the bar of an order's symbol opened at for it: at what its entry has paid, if that filled inside."""
        opened = self._bars[order.scale.symbol].open
        return opened if order.group is None else self._filling.inside.get(order.group, opened)

    def _trail(self, order: Order) -> None:
        """Move a trailing stop's mark with the bar; the new level acts from the next bar on."""
        if order.waiting or not order.is_working or order.triggered:
            return
        bar = self._bars[order.scale.symbol]
        if order.group is not None and order.group.started == self._now:
            order.mark = bar.close
        elif order.mark is None or not self._is_for(order):
            return
        else:
            order.mark = max(order.mark, bar.high) if order.sign < 0 else min(order.mark, bar.low)
        set_level(order)
