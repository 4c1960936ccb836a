"""What a run decided, tick by tick, as values that two runs can be compared by."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from weaver.greta.account import BacktestAccount
from weaver.model.order import Order


class Decision(NamedTuple):
    """Something that a strategy asked for: when (ns; the run's start before the first tick), what, on which terms."""

    time: int
    text: str
    terms: tuple[object, ...]


class RecordingAccount(BacktestAccount):
    """Keeps every decision as it was made, before fills and splits change the order."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.decisions: list[Decision] = []

    def place(self, order: Order) -> None:
        """Keep, then take, a new order."""
        text = f"order {order.number}, {order.side} {order.quantity.normalize():f} {order.symbol} {order.order_type}"
        prices = (order.limit_units, order.stop_units, order.trail_units, order.trail_percent)
        self._keep(text, (order.number, order.symbol, order.sign, order.units, order.order_type, order.tif, *prices))
        super().place(order)

    def cancel(self, order: Order, reason: str) -> None:
        """Keep, then do, a cancellation."""
        self._keep(f"the cancellation of order {order.number}", ("cancel", order.number))
        super().cancel(order, reason)

    def _keep(self, text: str, terms: tuple[object, ...]) -> None:
        assert self.clock is not None
        self.decisions.append(Decision(self.clock.now, text, terms))


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
    """Up to `count` of the moments, spread evenly, the first and the last among them."""
    unique = sorted(set(moments))
    if len(unique) <= count:
        return unique
    return [unique[k] for k in np.linspace(0, len(unique) - 1, count).astype(int).tolist()]
