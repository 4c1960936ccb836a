"""Trailing stops over many bars at once: their marks brought up to date, and the first bar that may reach a level."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.trailing import level_of, set_level
from weaver.greta.ports import Clock
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderEvent

NEVER = 2**62


class Trail(NamedTuple):
    """A trailing stop that goes along with every bar of its symbol after the tick `now`."""

    prices: Prices
    order: Order
    now: int

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that reaches its level, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does."""
        prices = self.prices
        begin, first = prices.newest_at(self.now) + 1, prices.newest_at(start - 1) + 1
        last = prices.newest_at(stop - 1) + 1
        if first >= last:
            return NEVER
        may_reach = self._may_reach(begin, last)
        bar = first
        while bar < last:
            bar += int(may_reach[bar - begin :].argmax())
            if not may_reach[bar - begin]:
                return NEVER
            if self._is_reached(begin, bar):
                return prices.tick_of(bar)
            bar += 1
        return NEVER

    def _may_reach(self, begin: int, last: int) -> NDArray[np.bool_]:
        """Of the bars from `begin` to before `last`, which may reach the level; a tick of the price is allowed for
        rounding, so none is missed."""
        prices, order = self.prices, self.order
        assert order.mark is not None
        one, (ahead, behind) = prices.scale.price_one, self._sides()
        mark = float(order.mark) / one
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
        reached: NDArray[np.bool_] = order.sign * (levels - behind[begin:last]) <= slack
        return reached

    def _is_reached(self, begin: int, bar: int) -> bool:
        """Whether a bar reaches the level that the bars from `begin` to before it have left, in whole units."""
        prices, sign = self.prices, self.order.sign
        level = level_of(self.order, moved(self.order, prices, begin, bar))
        return sign * (level - prices.units(float(self._sides()[1][bar]))) <= 0

    def _sides(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The prices that move the mark, and those that reach the level."""
        bars = self.prices.listing.bars
        return (bars.high, bars.low) if self.order.sign < 0 else (bars.low, bars.high)


class FollowingStop(Order):
    """What a trailing stop becomes that has started: its mark and level are brought up to date when somebody looks."""

    __slots__ = ()
    trails: ClassVar["Trails"]

    @property
    def mark(self) -> int | Fraction | None:
        self.trails.look()
        found: int | Fraction | None = self.__dict__["mark"]
        return found

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        self.__dict__["mark"] = value

    @property
    def stop_units(self) -> int | None:
        self.trails.look()
        found: int | None = self.__dict__["stop_units"]
        return found

    @stop_units.setter
    def stop_units(self, value: int | None) -> None:
        self.__dict__["stop_units"] = value

    def happen(self, event: OrderEvent) -> None:
        """Take a step; where that ends it, its level stays what it was then."""
        self.trails.look()
        super().happen(event)

    def __reduce__(self) -> tuple[object, ...]:
        # Away from its run it is an order like any other.
        self.trails.look()
        return Order, (self.number, self.scale, self.sign, self.units, self.placed), self.__getstate__()


class Trails:
    """The trailing stops of a book, whose marks follow the bars of many ticks when somebody looks: up to the clock's,
    but for while a tick's bars have their turn."""

    def __init__(self, book: list[Order], prices: Mapping[str, Prices], clock: Clock) -> None:
        self._book, self._prices, self._clock = book, prices, clock
        self._following = type("FollowingStop", (FollowingStop,), {"__slots__": (), "trails": self})
        self._seen = clock.tick
        """The tick up to which all marks have followed."""
        self._is_open = True

    def look(self) -> None:
        """Take the marks along up to the clock's tick."""
        if self._is_open and self._clock.tick > self._seen:
            self.follow(self._clock.tick)

    def begin(self, tick: int) -> None:
        """The bars of a tick have their turn, in which marks are where they were before it."""
        self._is_open = False
        self.follow(tick - 1)

    def end(self, tick: int, *, are_moved: bool) -> None:
        """The bars of a tick have had their turn; `are_moved`: marks went along with them."""
        if are_moved:
            self._seen = tick
        self.follow(tick)
        self._is_open = True
        for order in self._book:
            if order.__class__ is Order and is_trailing(order):
                order.__class__ = self._following

    def start(self, order: Order, mark: int) -> None:
        """Let a trailing stop start from a price at the tick up to which all others have followed."""
        order.mark = mark
        set_level(order)
        order.__class__ = self._following

    def follow(self, tick: int) -> None:
        """Take the marks along with the bars up to a tick, of which none has reached a level: those of orders that had
        started when a tick's turn last ended."""
        seen, self._seen = self._seen, tick
        if tick <= seen:
            return
        for order in self._book:
            if isinstance(order, FollowingStop) and is_trailing(order):
                prices = self._prices[order.scale.symbol]
                first, last = prices.newest_at(seen) + 1, prices.newest_at(tick) + 1
                if first < last:
                    order.mark = moved(order, prices, first, last)
                    set_level(order)


def moved(order: Order, prices: Prices, first: int, last: int) -> int | Fraction:
    """Where the mark of a trailing stop is after the bars from `first` to before `last`."""
    mark, bars = order.mark, prices.listing.bars
    assert mark is not None
    if first >= last:
        return mark
    if order.sign < 0:
        return max(mark, prices.units(float(bars.high[first:last].max())))
    return min(mark, prices.units(float(bars.low[first:last].min())))


def is_trailing(order: Order) -> bool:
    """Whether an order's mark moves with the bars."""
    return (
        order.order_type is OrderType.TRAILING_STOP
        and order.mark is not None
        and not (order.waiting or order.triggered)
        and order.is_working
    )
