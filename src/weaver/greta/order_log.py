"""How the orders of a run were placed and ended, which they forget themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from weaver.model.orders.order import Order


class AskedTerms(NamedTuple):
    """An order that is not plain as it was placed, in its units; fills, splits and trailing change it later."""

    units: int
    limit: int | None
    stop: int | None
    trail: int | None
    is_sized: bool


class Happening(NamedTuple):
    """A cancellation that the strategy asked for, or the end of an order other than by a fill."""

    tick: int
    turn: int
    """How many orders had been placed by then, where the strategy's own call did it; −1 where the bars did."""
    order: Order
    is_request: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderLog:
    """What was asked for, in order, and when orders ended."""

    asked: Mapping[int, int | AskedTerms]
    """Orders placed through the account, by number: the quantity units of a plain one. The engine's own order at the
    end of a run is not among them."""
    happenings: Sequence[Happening]
    asked_by_end: int
    """How many of `asked` were placed before the run was over: `on_stop` comes after that."""
    happened_by_end: int
    """The same of `happenings`."""
