"""What only reduces a position that Weaver knows: no limit, halt or switch ever stands against that."""

from collections.abc import Iterable
from decimal import Decimal

from weaver.veda.orders.live_order import LiveOrder, WaitsFor

ZERO = Decimal(0)
ESTIMATED = Decimal("0.9")
"""How much of what is held an order for an amount of cash may come to, as estimated, and still be said only to reduce:
the price may fall before it fills."""


def reducible(order: LiveOrder, *, held: Decimal, working: Iterable[LiveOrder]) -> Decimal:
    """How much an order on this side could sell (or buy back) and still only reduce: what is held, less what other
    working orders on the same side may take of it first. 0 where it is on the side of what is held.

    Orders of a group (a bracket's exits, an oco) share one quantity, and count as their largest. What waits for an
    entry has nothing to take yet, what is to be cancelled will not, and an order that this one replaces makes room.
    """
    if held * order.side.sign >= 0:
        return ZERO
    return max(abs(held) - reserved(order, working), ZERO)


def only_reduces(order: LiveOrder, *, held: Decimal, working: Iterable[LiveOrder]) -> bool:
    """Whether an order takes no more than there is to reduce. What it has filled is in `held` already."""
    room = reducible(order, held=held, working=working)
    if order.notional is not None:
        room *= ESTIMATED
    return ZERO < order.remaining <= room


def reserved(order: LiveOrder, working: Iterable[LiveOrder]) -> Decimal:
    """What other working orders on an order's side may still fill, those of a group once."""
    group = group_of(order)
    groups: dict[str, Decimal] = {}
    for other in working:
        if other.symbol == order.symbol and other.side is order.side and _takes_first(other, order):
            key = group_of(other)
            groups[key] = max(groups.get(key, ZERO), other.remaining)
    return sum((quantity for key, quantity in groups.items() if key != group), ZERO)


def group_of(order: LiveOrder) -> str:
    """What it shares its quantity with: itself, where with nothing. An entry is no member of its exits' group."""
    return order.id if order.group_id is None else f"group {order.group_id}"


def _takes_first(other: LiveOrder, order: LiveOrder) -> bool:
    return (
        other.is_working
        and other.id not in {order.id, order.replaces}
        and other.cancel_asked is None
        and other.waits_for is not WaitsFor.ENTRY
    )
