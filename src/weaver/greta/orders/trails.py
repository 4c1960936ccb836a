"""Trailing stops over many bars at once: their marks brought up to date, and the first bar that may reach a level."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices
from weaver.greta.ports import Clock
from weaver.model.numbers.price_decimals import EXACT_BELOW
from weaver.model.orders.order import WORKING, Order
from weaver.model.orders.status import OrderEvent
from weaver.model.orders.trailing import TRAILING_STOP, level_of, set_level

NEVER = 2**62


class Trail:
    """A trailing stop that goes along with every bar of its symbol from one on, asked about stretches of ticks that
    follow upon each other."""

    __slots__ = ("_ahead", "_behind", "_furthest", "_is_exact", "_mark", "_order", "_prices")

    def __init__(self, prices: Prices, order: Order) -> None:
        mark, bars = order.mark, prices.listing.bars
        assert mark is not None
        self._prices, self._order = prices, order
        self._mark = self._furthest = float(mark) / prices.scale.price_one
        """Where the mark was before the first bar, and where the bars that were asked about have left it."""
        self._is_exact = isinstance(mark, int) and mark < EXACT_BELOW
        """Whether equal marks are equal floats."""
        self._ahead, self._behind = (bars.high, bars.low) if order.sign < 0 else (bars.low, bars.high)
        """The prices that move the mark, and those that reach the level."""

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that reaches its level, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does. It may be too early by a bar that nearly does, where that cannot be told for sure.
        """
        prices = self._prices
        first, last = prices.newest_at(start - 1) + 1, prices.newest_at(stop - 1) + 1
        if first >= last:
            return NEVER
        marks = self._marks(first, last)
        may_reach = self._may_reach(marks, first, last)
        at = int(may_reach.argmax())
        while may_reach[at]:
            if not self._is_exact or self._is_reached(float(marks[at]), first + at):
                return prices.tick_of(first + at)
            may_reach[at] = False
            at = int(may_reach.argmax())
        return NEVER

    def _marks(self, first: int, last: int) -> NDArray[np.float64]:
        """Where the mark is before each bar from `first` to before `last`, and after the last one."""
        marks: NDArray[np.float64] = np.empty(last - first + 1)
        marks[0], marks[1:] = self._furthest, self._ahead[first:last]
        (np.maximum if self._order.sign < 0 else np.minimum).accumulate(marks, out=marks)
        self._furthest = float(marks[-1])
        return marks

    def _may_reach(self, marks: NDArray[np.float64], first: int, last: int) -> NDArray[np.bool_]:
        """Of the bars from `first` to before `last`, which may reach the level; a tick of the price is allowed for
        rounding, so none is missed."""
        order, scale = self._order, self._prices.scale
        sign, slack = order.sign, max(scale.tick, scale.tick_under_one) / scale.price_one + 1e-9 * self._mark
        if order.trail_percent is None:
            assert order.trail_units is not None
            levels = marks[:-1] + sign * (order.trail_units / scale.price_one - slack)
        else:
            levels = marks[:-1] * (1 + sign * float(order.trail_percent) / 100)
            levels -= sign * slack
        reached: NDArray[np.bool_] = (np.greater_equal if sign < 0 else np.less_equal)(levels, self._behind[first:last])
        return reached

    def _is_reached(self, mark: float, bar: int) -> bool:
        """Whether a bar reaches the level of a mark, in whole units."""
        order, prices = self._order, self._prices
        exact = order.mark if mark == self._mark else prices.units(mark)
        assert exact is not None
        return order.sign * (level_of(order, exact) - prices.units(float(self._behind[bar]))) <= 0


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

    def stand_still(self) -> None:
        """Those bars move the marks themselves: until the end of their turn trailing stops are orders like any."""
        for order in self._book:
            if order.__class__ is self._following:
                order.__class__ = Order

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
        return max(mark, prices.units(float(np.maximum.reduce(bars.high[first:last]))))
    return min(mark, prices.units(float(np.minimum.reduce(bars.low[first:last]))))


def is_trailing(order: Order) -> bool:
    """Whether an order's mark moves with the bars."""
    return (
        order.order_type is TRAILING_STOP
        and order.mark is not None
        and not (order.waiting or order.triggered)
        and order.status in WORKING
    )
