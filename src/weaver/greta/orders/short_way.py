"""The short way of what a strategy asked for: done with in one step, where nothing can come in between."""

from collections.abc import Callable
from typing import Any

from weaver.greta.ledger.plain_orders import PlainOrders
from weaver.greta.orders.entries import Entries
from weaver.greta.orders.next_touch import Watch
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus

QUIET: tuple[()] = ()
"""Nothing to tell."""
PENDING, ACCEPTED = OrderStatus.PENDING, OrderStatus.ACCEPTED
Way = Callable[[int], tuple[Order, ...] | None]


class ShortWay:
    """Fills plain orders at the opens of a tick's bars, and leaves others to rest that these bars surely do not touch.

    Orders that rest stay among what was asked for, so that they are looked at tick by tick as long as something new
    comes with each; only then it is worth while to search for the bar that touches them.
    """

    def __init__(self, plain: PlainOrders, watch: Watch, entries: Entries | None) -> None:
        """entries: has entries start their exits, where nobody wants to hear of it."""
        self._plain, self._watch, self._entries = plain, watch, entries

    def way(self, fresh: list[Any], accept: Callable[[list[Order]], None]) -> Way:
        """A function that takes up at a tick what stands in `fresh`: takes out what it fills, and has `accept`ed what
        is left to rest. It returns an entry whose exits have begun; None where it cannot take up all: it leaves the
        rest, from the first plain order on that cannot be filled so, or everything where another order may be touched
        or nothing is new."""
        fills, take_up, entries = self._plain.fills, self._take_up, self._entries
        clear = fresh.clear

        def take_up_all(tick: int) -> tuple[Order, ...] | None:
            order = fresh[0]
            if order.__class__ is Order and order.status is PENDING:
                if order.is_plain and len(fresh) == 1:
                    if fills(order, tick):
                        clear()
                        return QUIET
                    return None
                if order.exits is not None and entries is not None and entries.is_taken_up(fresh, tick):
                    clear()
                    return (order,)
            return take_up(fresh, accept, tick)

        return take_up_all

    def _take_up(self, fresh: list[Any], accept: Callable[[list[Order]], None], tick: int) -> tuple[()] | None:
        resting: list[Order] = []
        is_new = has_plain = False
        for order in fresh:
            if not isinstance(order, Order):
                return None
            status = order.status
            if status is ACCEPTED:
                resting.append(order)
                continue
            is_new = True
            if status is not PENDING:
                continue
            if order.is_plain:
                has_plain = True
            else:
                resting.append(order)
        if not is_new:
            return None
        leaves = self._watch.leaves
        for order in resting:
            if not leaves(order, tick):
                return None  # what it may do depends on what there was before all of them
        if has_plain and not self._are_filled(fresh, tick):
            return None
        fresh[:] = resting
        if resting:
            accept(resting)
        return QUIET

    def _are_filled(self, fresh: list[Any], tick: int) -> bool:
        """Fill the plain orders; from the first on that cannot be, all is left as it is."""
        fills = self._plain.fills
        resting = []
        for done, order in enumerate(fresh):
            if order.status is ACCEPTED or (order.status is PENDING and not order.is_plain):
                resting.append(order)
            elif order.status is PENDING and not fills(order, tick):
                fresh[:done] = resting
                return False
        return True
