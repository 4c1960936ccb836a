"""What a run decided, tick by tick, as values that two runs can be compared by."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import BacktestAccount
from weaver.model.actions import SIDES
from weaver.model.order import Order

GOLDEN = (5**0.5 - 1) / 2


class Decision(NamedTuple):
    """Something that a strategy asked for: when (ns; the run's start before the first tick), what, on which terms."""

    time: int
    what: str
    terms: tuple[object, ...] = ()

    @property
    def text(self) -> str:
        """The decision as a message names it."""
        return " ".join([self.what, *(str(term) for term in self.terms[:2])])


class RecordingAccount(BacktestAccount):
    """Keeps every decision as it was made, before fills and splits change the order."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.decisions: list[Decision] = []

    def place(self, order: Order) -> None:
        """Keep, then take, a new order."""
        what = f"order {order.number}, {SIDES[order.sign]}"
        if order.is_plain:
            self._keep(what, (order.symbol, order.order_type, order.units))
        else:
            prices = (order.limit, order.stop, order.trail, order.trail_percent)
            self._keep(what, (order.symbol, order.order_type, order.units, order.tif, *prices))
        super().place(order)

    def cancel(self, order: Order, reason: str) -> None:
        """Keep, then do, a cancellation."""
        self._keep(f"the cancellation of order {order.number}", ())
        super().cancel(order, reason)

    def _keep(self, what: str, terms: tuple[object, ...]) -> None:
        assert self.clock is not None
        if not self.is_over:  # where a run ends is no decision of the strategy's
            self.decisions.append(Decision(self.clock.now, what, terms))


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
