"""What happened to a run's orders that its strategy has not been told."""

from collections.abc import Iterable, Sequence

from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import WISHES
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import HouseFilled, OrderFilled, OrderMoved, Update
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.trading.books.draft import OrderChange

OURS = frozenset({OrderStatus.PENDING, OrderStatus.SUBMITTING})
"""Steps of Weaver's own on the way to the venue, which no strategy is told."""


class News:
    """Collects updates of one run, in the order in which they were committed."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._waiting: list[tuple[str, Update]] = []
        """With the id of the order; none where it is about no order."""
        self._wished = 0
        """So many of the first are ends that the strategy asked for."""

    def hear(self, changes: Sequence[OrderChange]) -> None:
        """Orders have changed. That one has ended at the strategy's own wish is told first, as it has known that since
        it asked; what came before of that same order stays before."""
        for change in changes:
            order = change.after
            if order.run_id != self._run_id:
                continue
            told = [(order.id, update) for update in updates_of(change)]
            if is_wished(change):
                place = max([at for at, (of, _) in enumerate(self._waiting, 1) if of == order.id], default=self._wished)
                self._waiting[place:place] = told
                self._wished += len(told) if place == self._wished else 0
            else:
                self._waiting += told

    def add(self, update: Update) -> None:
        """Something else happened that the strategy is to be told."""
        self._waiting.append(("", update))

    def take(self) -> tuple[Update, ...]:
        """All there are; the next call gives those that come after."""
        taken, self._waiting, self._wished = tuple(update for _, update in self._waiting), [], 0
        return taken

    def put_back(self, updates: Iterable[Update]) -> None:
        """What was taken could not be delivered: it comes first the next time."""
        self._waiting = [*(("", update) for update in updates), *self._waiting]
        self._wished = 0


def is_wished(change: OrderChange) -> bool:
    """Whether an order has ended because its strategy cancelled or replaced it, and for nothing else."""
    order, before = change.after, change.before
    was_working = before is not None and before.is_working
    is_asked = order.replaced_by is not None or order.cancel_asked in WISHES
    return was_working and order.status is OrderStatus.CANCELLED and is_asked and not change.fills


def updates_of(change: OrderChange) -> list[Update]:
    """What a change is to its strategy."""
    order, before = change.after, change.before
    if not order.number:
        return [house_filled(fill) for fill in change.fills]
    found: list[Update] = []
    if not change.fills and order.status not in OURS and (before is None or before.status is not order.status):
        found.append(moved(order))
    filled = order.filled - sum(fill.quantity for fill in change.fills)
    for fill in change.fills:
        filled += fill.quantity
        is_last = fill is change.fills[-1]
        status = order.status if is_last or filled >= order.quantity else OrderStatus.PARTIAL
        found.append(filled_update(order, fill, status))
    if not found and before is not None and not change.is_split and _is_changed(before, order):
        found.append(moved(order))
    return found


def filled_update(order: LiveOrder, fill: LiveFill, status: OrderStatus) -> OrderFilled:
    """A fill as its strategy is told of it."""
    time = instant_of(fill.filled_at)
    return OrderFilled(
        number=order.number,
        status=status,
        quantity=fill.quantity,
        price=fill.price,
        commission=fill.commission,
        fee_quantity=fill.fee_quantity,
        time=time,
        bar_time=time,
        notes=("late",) if fill.is_late else (),
    )


def house_filled(fill: LiveFill) -> HouseFilled:
    """A fill of an order that Weaver placed for the run."""
    return HouseFilled(
        symbol=fill.symbol,
        side=fill.side,
        quantity=fill.quantity,
        price=fill.price,
        commission=fill.commission,
        fee_quantity=fill.fee_quantity,
        time=instant_of(fill.filled_at),
    )


def moved(order: LiveOrder) -> OrderMoved:
    """Where an order stands."""
    return OrderMoved(
        number=order.number,
        status=order.status,
        reason=order.reason,
        quantity=order.quantity,
        limit=order.limit,
        stop=order.stop,
    )


def _is_changed(before: LiveOrder, after: LiveOrder) -> bool:
    terms = before.quantity, before.limit, before.stop
    return terms != (after.quantity, after.limit, after.stop) and after.status not in OURS
