"""What a run or a person wants of an account's orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from weaver.veda.orders.live_order import LiveOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A new order, with the exits that wait for its fills; of an oco the limit order, with the stop."""

    order: LiveOrder
    legs: tuple[LiveOrder, ...] = ()
    is_for_open: bool = False
    """To be kept until its market is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """The end of an order. One that is over stays as it is."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """An order that takes the place of another, which is cancelled in its favour."""

    old_id: str
    order: LiveOrder


Intent = Place | Cancel | Replace


def named_in(intents: Sequence[Intent]) -> list[str]:
    """The ids of orders that something is to be done with, and that were there before."""
    new = {one.order.id for one in intents if not isinstance(one, Cancel)}
    named = (one.order_id if isinstance(one, Cancel) else one.old_id for one in intents if not isinstance(one, Place))
    return [one for one in named if one not in new]
