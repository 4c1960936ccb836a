"""Trailing stops over many bars at once: their marks brought up to date, and the first bar that may reach a level."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from typing import ClassVar, NamedTuple

import numpy as np

from weaver.greta.ledger.prices import Prices
from weaver.greta.ports import Clock
from weaver.model.numbers.price_decimals import EXACT_BELOW
from weaver.model.orders.order import WORKING, Order
from weaver.model.orders.status import OrderEvent
from weaver.model.orders.trailing import TRAILING_STOP, level_of

NEVER = 2**62
BLOCK = 16
"""Bars that are passed over together where none of them can reach a level."""


class Reached(NamedTuple):
    """Of a trailing stop whose mark was `start` before the bar `first`: the first `bar` from there on that reaches its
    level, and where mark and level are before that."""

    first: int
    start: int | Fraction
    bar: int
    mark: int | Fraction
    level: int


class Side:
    """A symbol's prices as trailing stops of one side see them: higher ones take the mark along, lower ones reach the
    level. For a buy, which goes the other way, all are negative."""

    __slots__ = ("ahead", "behind", "highest", "lowest")

    def __init__(self, prices: Prices, sign: int) -> None:
        bars = prices.listing.bars
        ahead, behind = (bars.high, bars.low) if sign < 0 else (-bars.low, -bars.high)
        blocks = np.arange(0, len(ahead), BLOCK)
        self.ahead, self.behind = (np.ascontiguousarray(column).data for column in (ahead, behind))
        self.highest = np.maximum.reduceat(ahead, blocks).data
        """The highest price ahead of each block of bars."""
        self.lowest = np.minimum.reduceat(behind, blocks).data


class Trail:
    """A trailing stop that goes along with every bar of its symbol from one on, asked about stretches of ticks that
    follow upon each other.

    Levels are floats here, taken a little too high, so that no bar is missed; whole units decide on what is found.
    """

    __slots__ = ("_factor", "_first", "_is_exact", "_mark", "_order", "_prices", "_shift", "_side", "_start", "reached")

    def __init__(self, prices: Prices, side: Side, order: Order) -> None:
        mark, scale, sign = order.mark, prices.scale, order.sign
        assert mark is not None
        self._prices, self._side, self._order, self._start = prices, side, order, mark
        self._first = -1
        self._mark = -sign * float(mark / scale.price_one)
        """Where the mark is after the bars that were asked about."""
        self._is_exact = isinstance(mark, int) and mark < EXACT_BELOW
        """Whether equal marks are equal floats."""
        self._factor, self._shift = 1 - sign * 1e-9, max(scale.tick, scale.tick_under_one) / scale.price_one
        """The level is so many times the mark, and so much above that: a tick too high at least, for it is rounded."""
        if order.trail_percent is not None:
            self._factor += sign * float(order.trail_percent) / 100
        elif order.trail_units is not None:
            self._shift -= order.trail_units / scale.price_one
        self.reached: Reached | None = None
        """What was found, where that is known for sure."""

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that reaches its level, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does. It may be too early by a bar that nearly does, where that cannot be told for sure.
        """
        prices = self._prices
        bar, last = prices.newest_at(start - 1) + 1, prices.newest_at(stop - 1) + 1
        if bar >= last:
            return NEVER
        if self._first < 0:
            self._first = bar
        block = -(-bar // BLOCK)
        found = self._within(bar, min(block * BLOCK, last))
        if found is None:
            found = self._in_blocks(block, last)
        return NEVER if found is None else prices.tick_of(found)

    def _in_blocks(self, block: int, last: int) -> int | None:
        """The same as `_within` from the beginning of a block on."""
        mark, factor, shift, side = self._mark, self._factor, self._shift, self._side
        blocks = slice(block, -(-last // BLOCK))
        for bar, highest, lowest in zip(count(block * BLOCK, BLOCK), side.highest[blocks], side.lowest[blocks]):
            top = highest if highest > mark else mark
            if lowest > top * factor + shift and bar + BLOCK <= last:
                mark = top
                continue
            self._mark = mark
            found = self._within(bar, min(bar + BLOCK, last))
            if found is not None:
                return found
            mark = self._mark
        self._mark = mark
        return None

    def _within(self, first: int, last: int) -> int | None:
        """The first bar from `first` to before `last` that reaches the level."""
        mark, factor, shift, side = self._mark, self._factor, self._shift, self._side
        level = mark * factor + shift
        for bar, (ahead, behind) in enumerate(zip(side.ahead[first:last], side.behind[first:last], strict=True), first):
            if behind <= level and (not self._is_exact or self._is_reached(mark, bar)):
                return bar
            if ahead > mark:
                mark, level = ahead, ahead * factor + shift
        self._mark = mark
        return None

    def _is_reached(self, mark: float, bar: int) -> bool:
        """Whether a bar reaches the level of a mark, in whole units."""
        order, prices = self._order, self._prices
        exact = prices.units(abs(mark))
        level = level_of(order, exact)
        if order.sign * (level - prices.units(abs(self._side.behind[bar]))) > 0:
            return False
        self.reached = Reached(self._first, self._start, bar, exact, level)
        return True


class StartedStop(Order):
    """What a trailing stop becomes that has started: its level is worked out from its mark when somebody looks."""

    __slots__ = ()

    @property
    def mark(self) -> int | Fraction | None:
        found: int | Fraction | None = self.__dict__["mark"]
        return found

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        self.move(value, None)

    @property
    def stop_units(self) -> int | None:
        return self.level()

    @stop_units.setter
    def stop_units(self, value: int | None) -> None:
        self.__dict__["stop_units"] = value

    def move(self, mark: int | Fraction | None, level: int | None) -> None:
        """Put the mark somewhere, and the level if it is known."""
        self.__dict__["mark"], self.__dict__["stop_units"] = mark, level

    def level(self) -> int | None:
        """The level of the mark where that is by now."""
        own = self.__dict__
        level: int | None = own["stop_units"]
        if level is None and own["mark"] is not None:
            level = own["stop_units"] = level_of(self, own["mark"])
        return level

    def __reduce__(self) -> tuple[object, ...]:
        # Away from its run it is an order like any other.
        self.level()
        return Order, (self.number, self.scale, self.sign, self.units, self.placed), self.__getstate__()


class FollowingStop(StartedStop):
    """What it becomes that has had a turn: its mark is brought up to date when somebody looks."""

    __slots__ = ()
    trails: ClassVar["Trails"]

    @property
    def mark(self) -> int | Fraction | None:
        self.trails.look()
        found: int | Fraction | None = self.__dict__["mark"]
        return found

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        self.move(value, None)

    def level(self) -> int | None:
        """The level of the mark where that is by now."""
        self.trails.look()
        return super().level()

    def happen(self, event: OrderEvent) -> None:
        """Take a step; where that ends it, its level stays what it was then."""
        self.trails.look()
        super().happen(event)


class Trails:
    """The trailing stops of a book, whose marks follow the bars of many ticks when somebody looks: up to the clock's,
    but for while a tick's bars have their turn."""

    def __init__(self, book: list[Order], prices: Mapping[str, Prices], clock: Clock) -> None:
        self._book, self._prices, self._clock = book, prices, clock
        self._following = type("FollowingStop", (FollowingStop,), {"__slots__": (), "trails": self})
        self._sides: dict[tuple[str, int], Side] = {}
        self._searches: dict[int, Trail] = {}
        """By number of an order that follows: the newest search for the bar that reaches its level."""
        self._seen = clock.tick
        """The tick up to which all marks have followed."""
        self._is_open = True

    def search(self, order: Order) -> Trail:
        """A search for the first bar that reaches an order's level."""
        key = order.scale.symbol, order.sign
        prices, side = self._prices[key[0]], self._sides.get(key)
        if side is None:
            side = self._sides[key] = Side(prices, order.sign)
        trail = self._searches[order.number] = Trail(prices, side, order)
        return trail

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
                level = order.stop_units
                order.__class__ = Order
                order.stop_units = level

    def end(self, tick: int, *, are_moved: bool) -> None:
        """The bars of a tick have had their turn; `are_moved`: marks went along with them."""
        if are_moved:
            self._seen = tick
        self.follow(tick)
        self._searches.clear()
        self._is_open = True
        for order in self._book:
            if order.__class__ is not self._following and is_trailing(order):
                order.__class__ = self._following

    def start(self, order: Order, mark: int) -> None:
        """Let a trailing stop start from a price at the tick up to which all others have followed."""
        order.__class__ = self._following
        order.mark = mark

    def follow(self, tick: int) -> None:
        """Take the marks along with the bars up to a tick, of which none has reached a level: those of orders that had
        started when a tick's turn last ended."""
        seen = self._seen
        if tick <= seen:
            return
        self._seen = tick
        for order in self._book:
            if isinstance(order, FollowingStop) and order.status in WORKING:
                prices = self._prices[order.scale.symbol]
                first, last = prices.newest_at(seen) + 1, prices.newest_at(tick) + 1
                if first < last:
                    self._move(order, prices, first, last)

    def _move(self, order: FollowingStop, prices: Prices, first: int, last: int) -> None:
        """Take a mark along with the bars from `first` to before `last`: what a search has found need not be found
        again."""
        search = self._searches.get(order.number)
        reached = None if search is None else search.reached
        if reached is not None and reached[:3] == (first, order.mark, last):
            order.move(reached.mark, reached.level)
        else:
            order.mark = moved(order, prices, first, last)


def start(order: Order, close: int | None) -> None:
    """Let a trailing stop that has just been placed start at a close, if there has been one."""
    if order.mark is None and not order.waiting and close is not None:
        order.__class__ = StartedStop
        order.mark = close


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
