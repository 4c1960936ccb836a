"""Trailing stops over many bars at once: their marks brought up to date, and the first bar that may reach a level."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.passes import set_level
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order

NEVER = 2**62


class Trail(NamedTuple):
    """A trailing stop that goes along with every bar of its symbol after the tick `now`."""

    prices: Prices
    order: Order
    now: int

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that may reach its level, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does. A tick of the price is allowed for rounding, so none is missed."""
        prices, order = self.prices, self.order
        begin, first = prices.newest_at(self.now) + 1, prices.newest_at(start - 1) + 1
        last = prices.newest_at(stop - 1) + 1
        if first >= last:
            return NEVER
        assert order.mark is not None
        one, bars = prices.scale.price_one, prices.listing.bars
        mark = float(order.mark) / one
        ahead, behind = (bars.high, bars.low) if order.sign < 0 else (bars.low, bars.high)
        extreme = np.maximum if order.sign < 0 else np.minimum
        marks: NDArray[np.float64] = np.empty(last - begin)
        marks[0], marks[1:] = mark, ahead[begin : last - 1]
        extreme.accumulate(marks, out=marks)
        if order.trail_percent is None:
            assert order.trail_units is not None
            levels = marks + order.sign * order.trail_units / one
        else:
            levels = marks * (1 + order.sign * float(order.trail_percent) / 100)
        slack = max(prices.scale.tick, prices.scale.tick_under_one) / one + 1e-9 * mark
        reached = order.sign * (levels - behind[begin:last]) <= slack
        at = int(reached[first - begin :].argmax())
        return prices.tick_of(first + at) if reached[first - begin + at] else NEVER


class Trails:
    """The trailing stops of a book, whose marks follow the bars of many ticks when somebody looks."""

    def __init__(self, book: list[Order], prices: Mapping[str, Prices], tick: int) -> None:
        self._book, self._prices = book, prices
        self._seen = tick
        """The tick up to which all marks have followed."""

    @property
    def is_any(self) -> bool:
        """Whether there are any that have started."""
        return any(is_trailing(order) for order in self._book)

    def moved(self, tick: int) -> None:
        """Somebody else has taken the marks along up to a tick."""
        self._seen = tick

    def follow(self, tick: int) -> None:
        """Take the marks along with the bars up to a tick, of which none has reached a level."""
        for order in self._book:
            if not is_trailing(order):
                continue
            prices = self._prices[order.scale.symbol]
            first, last = prices.newest_at(self._seen) + 1, prices.newest_at(tick) + 1
            if first < last:
                assert order.mark is not None
                bars = prices.listing.bars
                if order.sign < 0:
                    order.mark = max(order.mark, prices.units(float(bars.high[first:last].max())))
                else:
                    order.mark = min(order.mark, prices.units(float(bars.low[first:last].min())))
                set_level(order)
        self._seen = tick


def is_trailing(order: Order) -> bool:
    """Whether an order's mark moves with the bars."""
    return (
        order.order_type is OrderType.TRAILING_STOP
        and order.mark is not None
        and not (order.waiting or order.triggered)
        and order.is_working
    )
