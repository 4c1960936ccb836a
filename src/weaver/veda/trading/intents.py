"""What a run or a person wants of an account's orders."""

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
