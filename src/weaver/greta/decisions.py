"""What a run decided, tick by tick, as values that two runs can be compared by."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import BacktestAccount
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.orders.matching import Matcher
from weaver.model.orders.actions import SIDES, OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.venue import VenueRules

GOLDEN = (5**0.5 - 1) / 2


class Kind(StrEnum):
    """What can be decided."""

    PLACE = "place"
    CANCEL = "cancel"
    END = "end"


class Decision(NamedTuple):
    """Something that a strategy asked for: when (ns; the run's start before the first tick), what, on which terms."""

    time: int
    kind: Kind
    number: int
    """Of the order; 0 where it is about none."""
    terms: tuple[Any, ...] = ()
    """Of an order: sign, symbol, type, units, and what else it has; of the run's end: why."""

    @property
    def text(self) -> str:
        """The decision as a message names it."""
        match self.kind:
            case Kind.PLACE:
                sign, symbol, order_type, *_ = self.terms
                return f"order {self.number}, {SIDES[sign]} {symbol} {order_type}"
            case Kind.CANCEL:
                return f"the cancellation of order {self.number}"
            case Kind.END:
                return f"the end of the run {self.terms[0]}"


class RecordingAccount(BacktestAccount):
    """Keeps every decision as it was made, before fills and splits change the order."""

    def __init__(self, ledger: Ledger, matcher: Matcher, venue: VenueRules | None) -> None:
        super().__init__(ledger, matcher, venue)
        self.decisions: list[Decision] = []
        if venue is None:
            self.take = self._take_plain

    def place(self, order: Order) -> None:
        """Keep, then take, a new order."""
        terms: tuple[Any, ...] = (order.sign, order.symbol, order.order_type, order.units)
        if not order.is_plain:
            terms = (*terms, order.tif, order.limit, order.stop, order.trail, order.trail_percent)
        self._keep(Kind.PLACE, order.number, terms)
        super().place(order)

    def cancel(self, order: Order, reason: str) -> None:
        """Keep, then do, a cancellation."""
        self._keep(Kind.CANCEL, order.number, ())
        super().cancel(order, reason)

    def _take_plain(self, order: Order) -> None:
        """As `place`, of an order that has nothing but its quantity."""
        self._keep(Kind.PLACE, order.number, (order.sign, order.scale.symbol, OrderType.MARKET, order.units))
        self._book.append(order)

    def _keep(self, kind: Kind, number: int, terms: tuple[Any, ...]) -> None:
        assert self.clock is not None
        if not self.is_over:  # where a run ends is no decision of the strategy's
            self.decisions.append(Decision(self.clock.now, kind, number, terms))


def first_difference(whole: Sequence[Decision], cut: Sequence[Decision], until: int) -> Decision | None:
    """The first decision up to a moment (ns) that two runs do not share. None: they decided the same."""
    kept = [decision for decision in whole if decision.time <= until]
    again = [decision for decision in cut if decision.time <= until]
    for one, other in zip(kept, again, strict=False):
        if one != other:
            return one
    longer = kept if len(kept) > len(again) else again
    return longer[min(len(kept), len(again))] if len(kept) != len(again) else None


def sample(moments: Sequence[int], count: int) -> list[int]:
    """Up to `count` of the moments: the first, the last, and one of each of as many equal stretches between them.

    Its place in the stretch moves on by the golden ratio, so that no rhythm of the moments keeps step with it.
    """
    unique = sorted(set(moments))
    if len(unique) <= count:
        return unique
    stretches = np.arange(max(count - 2, 0))
    at = 1 + (len(unique) - 2) * (stretches + (stretches * GOLDEN) % 1) / max(count - 2, 1)
    return [unique[k] for k in sorted({0, len(unique) - 1, *at.astype(int).tolist()})]


def spread(length: int, count: int) -> NDArray[np.int64]:
    """Up to `count` of the places 0 to `length`, in an order of which any beginning is spread evenly over them all."""
    places = np.arange(min(length, count))
    if length > count:
        places = ((places + (places * GOLDEN) % 1) * (length / count)).astype(np.int64)
    return places[np.argsort((np.arange(len(places)) * GOLDEN) % 1, kind="stable")]
