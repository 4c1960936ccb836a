"""What a run asked for, as typed actions: for whoever sends them to a venue, keeps them, or compares two runs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.actions import Action, CancelOrder, OrderTerms, PlaceOrder, ReplaceOrder
from weaver.model.orders.order import Order, Target


class TimedAction(NamedTuple):
    """An action and the tick at which it was asked for (ns; the run's start before the first)."""

    time: int
    action: Action


class Actions:
    """The actions of one run that nobody has taken yet, in the order in which they were asked for.

    Whoever carries the run hands one over when it makes the runtime, and takes what is there after a tick's callbacks,
    never between them: `oto` joins orders that were placed in them. Each action is made at its intent, before a fill, a
    split or a trailing level changes the order. A run that is given none makes none.
    """

    def __init__(self) -> None:
        self._asked: list[TimedAction] = []

    def take(self) -> tuple[TimedAction, ...]:
        """All there are; the next call gives those that come after."""
        taken = tuple(self._asked)
        self._asked.clear()
        return taken

    def add(self, time: int, action: Action) -> None:
        """Keep one."""
        self._asked.append(TimedAction(time, action))

    def place(self, time: int, orders: Sequence[Order]) -> None:
        """Orders of one intent are to be placed: an order and its legs, or the two of an oco."""
        order, *legs = orders
        placed = PlaceOrder(
            symbol=order.symbol,
            order=_terms_of(order),
            order_class=order.order_class,
            legs=tuple(map(_terms_of, legs)),
        )
        self.add(time, placed)

    def cancel(self, time: int, order: Order, reason: str) -> None:
        """An order is to be cancelled."""
        self.add(time, CancelOrder(number=order.number, reason=reason))

    def replace(self, time: int, old: Order, new: Order) -> None:
        """`new` is to be placed instead of `old`."""
        self.add(time, ReplaceOrder(symbol=new.symbol, replaces=old.number, order=_terms_of(new)))

    def has(self, order: Order) -> bool:
        """Whether the action that places an order is still here."""
        return any(_places(one.action, order.number) for one in self._asked)

    def join(self, first: Order, then: Order) -> None:
        """`then` has become the exit leg of `first`: it is placed with it. Where either replaces another order, that is
        cancelled by an action of its own."""
        self._take_out(then)
        index, time, order = self._take_out(first)
        legs = (_terms_of(then),)
        joined = PlaceOrder(symbol=first.symbol, order=order, order_class=first.order_class, legs=legs)
        self._asked.insert(index, TimedAction(time, joined))

    def _take_out(self, order: Order) -> tuple[int, int, OrderTerms]:
        """Take the action that places an order from among the others: where it stood, its tick, and the terms."""
        index = next(index for index, one in enumerate(self._asked) if _places(one.action, order.number))
        time, action = self._asked.pop(index)
        assert isinstance(action, PlaceOrder | ReplaceOrder)
        if isinstance(action, ReplaceOrder):
            self._asked.insert(index, TimedAction(time, CancelOrder(number=action.replaces)))
            index += 1
        return index, time, action.order


def _places(action: Action, number: int) -> bool:
    return isinstance(action, PlaceOrder | ReplaceOrder) and action.order.number == number


def _terms_of(order: Order) -> OrderTerms:
    """The terms of an order as it is now."""
    target = order.target
    return OrderTerms(
        number=order.number,
        side=order.side,
        quantity=order.quantity if _is_settled(order) else None,
        order_type=order.order_type,
        tif=order.tif,
        expires=order.expires,
        extended_hours=order.extended_hours,
        limit=order.limit,
        stop=order.stop,
        trail=order.trail,
        trail_percent=order.trail_percent,
        limit_percent=None if order.limit_units is not None else order.limit_percent,
        stop_percent=None if order.stop_units is not None else order.stop_percent,
        target_value=None if target is None or target.value is None else decimal_of(target.value, CASH_DECIMALS),
        target_percent=None if target is None or target.value is not None else _share(target),
    )


def _is_settled(order: Order) -> bool:
    """Whether the order's quantity is known: not before the fill that sizes it, or the entry whose leg it is."""
    group = order.group
    if group is None or group.entry is None or group.cap is not None:
        return order.is_sized
    return order.is_sized and group.entry.is_sized


def _share(target: Target) -> Decimal:
    """The share of the equity that a target is after: a decimal once, so it has an end."""
    decimals = 0
    while 10**decimals % target.denominator:
        decimals += 1
    return decimal_of(target.numerator * 10**decimals // target.denominator, decimals)
