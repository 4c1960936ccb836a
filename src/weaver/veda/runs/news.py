"""What happened to a run's orders that its strategy has not been told."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from weaver.model.calendar.days.new_york import extended_from
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import WISHES
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import HouseFilled, OrderFilled, OrderMoved, SplitSeen, Update
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
        self._wishes: dict[str, int] = {}
        """The orders of which the strategy wants the end, each with its turn."""
        self._turns: list[int] = []
        """Of the first that wait, which are ends that the strategy asked for: in whose turn."""
        self._ended: dict[str, int] = {}
        """The orders that those are about, with their turns."""

    def wish(self, order_ids: Iterable[str]) -> None:
        """The strategy wants these to end, one after the other."""
        self._wishes = {order_id: turn for turn, order_id in enumerate(order_ids)}

    def hear(self, changes: Sequence[OrderChange]) -> None:
        """Orders have changed. That one has ended at the strategy's own wish, and its exits with it, is told first, in
        the order of the wishes, as it has known that since it asked; what came before of that same order stays
        before."""
        for change in _entries_first(changes):
            if change.after.run_id != self._run_id:
                continue
            told = [(change.after.id, update) for update in updates_of(change)]
            turn = self._turn(change)
            if turn is None:
                self._waiting += told
            else:
                self._put_first(change.after.id, told, turn)

    def _turn(self, change: OrderChange) -> int | None:
        """When the end of an order is to be told, if its strategy wanted that."""
        order = change.after
        has_turn = order.id in self._wishes and order.cancel_asked is not None
        if is_wished(change) or (has_turn and is_cancelled(change)):
            return self._wishes.get(order.id, len(self._wishes))
        return self._ended.get(order.parent_id or "") if is_cancelled(change) else None

    def _put_first(self, order_id: str, told: Sequence[tuple[str, Update]], turn: int) -> None:
        if order_id in self._wishes:  # it ended before its strategy could hear that it works
            self._waiting = [one for one in self._waiting if one[0] != order_id or isinstance(one[1], OrderFilled)]
        default = bisect_right(self._turns, turn)
        place = max([at for at, (of, _) in enumerate(self._waiting, 1) if of == order_id], default=default)
        self._waiting[place:place] = told
        self._ended[order_id] = turn
        if place == default:
            self._turns[place:place] = [turn] * len(told)

    def add(self, update: Update) -> None:
        """Something else happened that the strategy is to be told; a split ahead of the fills that came after it."""
        place = len(self._waiting)
        if isinstance(update, SplitSeen):
            at = extended_from(update.ex_date) if update.since is None else update.since
            place = next((n for n, (_, one) in enumerate(self._waiting) if _is_fill_since(one, at)), place)
        self._waiting.insert(place, ("", update))

    def take(self) -> tuple[Update, ...]:
        """All there are; the next call gives those that come after."""
        taken, self._waiting = tuple(update for _, update in self._waiting), []
        self._turns.clear()
        self._ended.clear()
        return taken

    def put_back(self, updates: Iterable[Update]) -> None:
        """What was taken could not be delivered: it comes first the next time."""
        self._waiting = [*(("", update) for update in updates), *self._waiting]
        self._turns.clear()


def _entries_first(changes: Sequence[OrderChange]) -> Sequence[OrderChange]:
    """The changes of one commit, exits after what they belong to."""
    places = {change.after.id: place for place, change in enumerate(changes)}

    def place(change: OrderChange) -> tuple[int, bool]:
        order = change.after
        group = order.group_id or order.id
        return places.get(group, places[order.id]), order.id != group

    return sorted(changes, key=place)


def _is_fill_since(update: Update, at: int) -> bool:
    return isinstance(update, OrderFilled | HouseFilled) and update.time >= at


def is_wished(change: OrderChange) -> bool:
    """Whether an order has ended because its strategy cancelled or replaced it, and for nothing else."""
    order = change.after
    return is_cancelled(change) and (order.replaced_by is not None or order.cancel_asked in WISHES)


def is_cancelled(change: OrderChange) -> bool:
    """Whether it is the end of an order that worked, with nothing filled by it."""
    was_working = change.before is not None and change.before.is_working
    return was_working and change.after.status is OrderStatus.CANCELLED and not change.fills


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
    if change.stays and order.is_working:
        found.append(replace(moved(order), reason=change.stays))
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
        bar_time=time if fill.bar_time is None else instant_of(fill.bar_time),
        slippage=fill.slippage,
        notes=("late", *fill.notes) if fill.is_late else fill.notes,
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
