"""The orders of a run that may still fill: what can happen to them, and what that means for exit legs."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.execution import Execution
from weaver.model.orders.order import WORKING, ExitGroup, Order
from weaver.model.orders.status import OrderEvent, OrderStatus

PENDING, ACCEPT, CANCEL = OrderStatus.PENDING, OrderEvent.ACCEPT, OrderEvent.CANCEL

Change = tuple[Order, OrderStatus, Execution | None]
"""An order, the status that it changed to (it may have changed again by now), and the fill that did it, if one did."""


class Charged(NamedTuple):
    """The commissions of an order's fills so far: computed for each by itself, and taken."""

    computed: int
    paid: int


UNCHARGED = Charged(0, 0)


class OrderBook:
    """Changes the statuses of orders, and nobody else does (but for a fill, which changes its order's own)."""

    def __init__(
        self, kept: dict[int, Order] | None, *, legs_wait: bool, on_end: Callable[[Order], None] | None
    ) -> None:
        self.working: list[Order] = []
        """Working orders, waiting legs among them, oldest first."""
        self.changed: list[Change] = []
        """What happened since somebody last took it."""
        self.changes = 0
        """How often an order changed its status other than by a fill."""
        self.rejected: list[Order] = []
        self._kept = kept
        self.session_closes: dict[int, int] = {}
        """By number of a day or cls order that has had a first bar: when that bar's session closes, ns."""
        self.charged: dict[int, Charged] = {}
        """By number of an order that has filled in part: its commissions so far."""
        self.rested: set[int] = set()
        """By number, the orders whose limit has stood in the market at an open; kept only where that makes a difference
        to what they cost."""
        self._legs_wait = legs_wait
        """Whether exit legs wait until their entry has filled whole (a venue's rule)."""
        self._on_end = on_end
        """Called with each order that ends other than by a fill, for those who keep when."""

    def accept(self, orders: Iterable[Order]) -> None:
        """After the callbacks: those of the orders that were placed are accepted."""
        for order in orders:
            if order.status is PENDING and not order.waiting:
                order.happen(ACCEPT)
                self.changes += 1
                self.changed.append((order, order.status, None))

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order."""
        self._end(order, CANCEL, reason)

    def reject(self, order: Order, reason: str) -> None:
        """Reject an order of which nothing has filled."""
        self.rejected.append(order)
        self._end(order, OrderEvent.REJECT, reason)

    def expire(self, order: Order) -> None:
        """An order's time is over."""
        if order.tif is TimeInForce.DAY:
            self._end(order, OrderEvent.EXPIRE, "the session closed")
        elif order.tif is TimeInForce.CLS:
            self.cancel(order, "cls: not filled at the close of its session")
        else:
            self.cancel(order, f"gtd: the session of {order.expires} closed")

    def sweep(self) -> None:
        """Drop the orders that have ended."""
        ended = [order for order in self.working if order.status not in WORKING]
        if not ended:
            return
        for order in ended:
            if self._kept is not None:
                self._kept[order.number] = order
            self.session_closes.pop(order.number, None)
            self.charged.pop(order.number, None)
            self.rested.discard(order.number)
        self.working[:] = [order for order in self.working if order.status in WORKING]

    def take_changes(self) -> list[Change]:
        """What happened since this was last called, in order."""
        changed, self.changed = self.changed, []
        return changed

    def enter(self, group: ExitGroup, units: int, now: int) -> None:
        """So many units of a group's entry filled at an instant (ns); the first of them start the legs."""
        group.enter(units)
        assert group.entry is not None
        if group.started is None and not (self._legs_wait and group.entry.remaining):
            self.accept(group.start(now))
        self.settle(group)

    def leave(self, group: ExitGroup, units: int) -> None:
        """So many units of one of a group's legs filled: there is less to exit."""
        group.leave(units)
        self.settle(group)

    def settle(self, group: ExitGroup) -> None:
        """Keep the legs at what is left to exit; when that is nothing and no more can come, they are done."""
        for leg in group.share():
            self.cancel(leg, "the position was exited")

    def _end(self, order: Order, event: OrderEvent, reason: str) -> None:
        order.reason = reason
        if self._kept is not None:
            self._kept[order.number] = order
        self.session_closes.pop(order.number, None)
        order.happen(event)
        self.changes += 1
        self.changed.append((order, order.status, None))
        if self._on_end is not None:
            self._on_end(order)
        group = order.exits
        if group is None or order.replaced_by is not None:
            return
        if group.started is not None:
            self.settle(group)
            return
        for leg in group.legs:
            if leg.is_working:
                self.cancel(leg, f"its entry was {order.status}")
