"""Trailing stops over many bars at once: their marks brought up to date, and the first bar that may reach a level."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from typing import ClassVar, TypeGuard

import numpy as np

from weaver.greta.ledger.prices import Prices
from weaver.greta.ports import Clock
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.price_decimals import EXACT_BELOW
from weaver.model.orders.fill_rules import trailing_level
from weaver.model.orders.order import WORKING, Order
from weaver.model.orders.status import OrderEvent
from weaver.model.orders.trailing import TRAILING_STOP, level_of

NEVER = 2**62
BLOCK = 16
"""Bars that are passed over together where none of them can reach a level."""


class Side:
    """A symbol's prices as trailing stops of one side see them: higher ones take the mark along, lower ones reach the
    level. For a buy, which goes the other way, all are negative."""

    __slots__ = ("_prices", "_share", "_sign", "_terms", "_way", "ahead", "behind", "highest", "lowest")

    def __init__(self, prices: Prices, sign: int) -> None:
        bars = prices.listing.bars
        ahead, behind = (bars.high, bars.low) if sign < 0 else (-bars.low, -bars.high)
        blocks = np.arange(0, len(ahead), BLOCK)
        self.ahead, self.behind = (np.ascontiguousarray(column).data for column in (ahead, behind))
        self.highest = np.maximum.reduceat(ahead, blocks).data
        """The highest price ahead of each block of bars."""
        self.lowest = np.minimum.reduceat(behind, blocks).data
        self._prices, self._sign = prices, sign
        self._terms: tuple[Amount | None, int | None] = None, None
        self._way, self._share = (1.0, 0.0), (1, 1)

    def way(self, percent: Amount | None, trail: int | None) -> tuple[float, float]:
        """How many times a mark the level of a stop on these terms is, and how much above that: a tick too high at
        least, for levels are rounded. The newest answer is kept: a stop is mostly like the one before it."""
        if self._terms != (percent, trail):
            scale, sign = self._prices.scale, self._sign
            factor, shift = 1 - sign * 1e-9, max(scale.tick, scale.tick_under_one) / scale.price_one
            if percent is not None:
                factor += sign * float(percent) / 100
                self._share = trailing_level(1, sign=sign, trail=None, percent=percent)
            elif trail is not None:
                shift -= trail / scale.price_one
            self._terms, self._way = (percent, trail), (factor, shift)
        return self._way

    def level(self, order: Order, mark: int | Fraction) -> int:
        """The level of a stop where its mark is at a price: which share of the mark it is, is worked out once for the
        stops that `way` is asked about one after the other."""
        if order.trail_percent is None or self._terms[0] is not order.trail_percent:
            return level_of(order, mark)
        numerator, divisor = self._share
        return self._prices.scale.nearest_tick(mark.numerator * numerator, mark.denominator * divisor)


class Trail:
    """A trailing stop that goes along with every bar of its symbol from `bar` on, whose level is searched for.

    Levels are floats here, taken a little too high, so that no bar is missed; whole units decide on what is found.
    """

    __slots__ = ("_bar", "_factor", "_found", "_mark", "_order", "_prices", "_shift", "_side", "_start")

    def __init__(self, prices: Prices, side: Side, order: Order, bar: int) -> None:
        self._prices, self._side, self._order, self._bar = prices, side, order, bar
        self._factor, self._shift = side.way(order.trail_percent, order.trail_units)
        self._start: int | Fraction = 0
        self._mark = 0.0
        """Where the newest search has taken the mark, which it began with at `_start`, before `_found`."""
        self._found = -1

    def follow(self, tick: int) -> None:
        """Take the order's mark along with the bars up to a tick, of which none has reached the level."""
        first, last = self._bar, self._prices.newest_at(tick) + 1
        if first >= last:
            return
        self._bar = last
        own = self._order.__dict__
        mark: int | Fraction = own["mark"]
        if self._found == last and isinstance(mark, int) and self._start == mark < EXACT_BELOW:
            mark = self._prices.units(abs(self._mark))
        else:
            mark = moved(mark, self._order.sign, self._prices, first, last)
        own["mark"], own["stop_units"] = mark, None

    def level(self) -> int:
        """The order's level, where its mark is by now."""
        return self._side.level(self._order, self._order.__dict__["mark"])

    def begin(self, tick: int) -> None:
        """Search from the next bar after a tick on, over stretches of ticks that follow upon each other."""
        self.follow(tick)
        self._start, self._found = self._order.__dict__["mark"], -1
        self._mark = -self._order.sign * float(self._start / self._prices.scale.price_one)

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that reaches its level, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does. It may be too early, by a bar that nearly does."""
        prices = self._prices
        bar, last = prices.bars_of(start, stop)
        if bar >= last:
            return NEVER
        block, end = -(-bar // BLOCK), last // BLOCK
        found = self._within(bar, min(block * BLOCK, last))
        if found is None and block <= end:
            found = self._in_blocks(block, end)
            if found is None:
                found = self._within(end * BLOCK, last)
        if found is None:
            return NEVER
        self._found = found
        return prices.tick_of(found)

    def _in_blocks(self, block: int, end: int) -> int | None:
        """The same as `_within`, of the bars of whole blocks."""
        mark, factor, shift, side = self._mark, self._factor, self._shift, self._side
        blocks = zip(count(block * BLOCK, BLOCK), side.highest[block:end], side.lowest[block:end])
        for bar, highest, lowest in blocks:
            top = highest if highest > mark else mark
            if lowest <= top * factor + shift:
                self._mark = mark
                found = self._within(bar, bar + BLOCK)
                if found is not None:
                    return found
            mark = top
        self._mark = mark
        return None

    def _within(self, first: int, last: int) -> int | None:
        """The first bar from `first` to before `last` that reaches the level."""
        mark, factor, shift, side = self._mark, self._factor, self._shift, self._side
        level = mark * factor + shift
        for bar, ahead, behind in zip(count(first), side.ahead[first:last], side.behind[first:last]):
            if behind <= level:
                self._mark = mark
                return bar
            if ahead > mark:
                mark, level = ahead, ahead * factor + shift
        self._mark = mark
        return None


class StartedStop(Order):
    """What a trailing stop becomes that has started: its level is worked out from its mark when somebody looks."""

    __slots__ = ()

    @property
    def mark(self) -> int | Fraction | None:
        found: int | Fraction | None = self.__dict__["mark"]
        return found

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        own = self.__dict__
        own["mark"], own["stop_units"] = value, None

    @property
    def stop_units(self) -> int | None:
        return self.level()

    @stop_units.setter
    def stop_units(self, value: int | None) -> None:
        self.__dict__["stop_units"] = value

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


class PlacedStop(StartedStop):
    """What it becomes as it is placed: the close that is its mark is counted when somebody looks."""

    __slots__ = ()

    @property
    def mark(self) -> int | Fraction | None:
        self._count()
        return self.mark

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        _start_at(self, value)

    def level(self) -> int | None:
        """The level of the mark."""
        self._count()
        return self.level()

    def _count(self) -> None:
        prices, bar = self.__dict__["start"]
        _start_at(self, prices.close_units(bar))


class FollowingStop(StartedStop):
    """What it becomes that has had a turn: its mark is brought up to date when somebody looks."""

    __slots__ = ()
    trails: ClassVar["Trails"]

    @property
    def mark(self) -> int | Fraction | None:
        self.trails.look(self)
        found: int | Fraction | None = self.__dict__["mark"]
        return found

    @mark.setter
    def mark(self, value: int | Fraction | None) -> None:
        own = self.__dict__
        own["mark"], own["stop_units"] = value, None

    def level(self) -> int | None:
        """The level of the mark where that is by now."""
        trail, own = self.trails.look(self), self.__dict__
        level: int | None = own["stop_units"]
        if level is None:
            level = own["stop_units"] = trail.level()
        return level

    def happen(self, event: OrderEvent) -> None:
        """Take a step; where that ends it, its level stays what it was then."""
        self.trails.look(self)
        super().happen(event)
        if self.status not in WORKING:
            self.trails.leave(self)


class Trails:
    """The trailing stops of a book, whose marks follow the bars of many ticks when somebody looks: up to the clock's,
    but for while a tick's bars have their turn."""

    def __init__(self, book: list[Order], prices: Mapping[str, Prices], clock: Clock) -> None:
        self._book, self._prices, self._clock = book, prices, clock
        self._following = type("FollowingStop", (FollowingStop,), {"__slots__": (), "trails": self})
        self._sides: dict[tuple[str, int], Side] = {}
        self._trails: dict[int, Trail] = {}
        """By number, of the orders that follow."""
        self._before: int | None = None
        """While a tick's bars have their turn, the tick before it."""

    def follows(self, order: Order) -> TypeGuard[FollowingStop]:
        """Whether an order's mark goes along with the bars of its symbol."""
        return order.__class__ is self._following

    def search(self, order: FollowingStop, tick: int) -> Trail:
        """Search for the first bar after a tick that reaches an order's level."""
        trail = self._trails[order.number]
        trail.begin(tick)
        return trail

    def look(self, order: FollowingStop) -> Trail:
        """Take a mark along up to the clock's tick, or to the one before that whose bars have their turn."""
        trail = self._trails[order.number]
        trail.follow(self._clock.tick if self._before is None else self._before)
        return trail

    def leave(self, order: Order) -> None:
        """Let an order that has ended stay where it is."""
        order.__class__ = StartedStop
        del self._trails[order.number]

    def begin(self, tick: int) -> None:
        """The bars of a tick have their turn, in which marks are where they were before it."""
        self._before = tick - 1

    def stand_still(self) -> None:
        """Those bars move the marks themselves: until the end of their turn trailing stops are orders like any."""
        for order in self._book:
            if order.__class__ is self._following:
                level = order.stop_units
                order.__class__ = Order
                order.stop_units = level

    def end(self, tick: int, *, are_moved: bool) -> None:
        """The bars of a tick have had their turn; `are_moved`: marks went along with them."""
        self._before = None
        if are_moved:
            self._trails.clear()
            for order in self._book:
                if is_trailing(order):
                    self._take(order, tick)

    def start(self, order: Order, mark: int, tick: int) -> None:
        """Let a trailing stop start from a price at a tick."""
        self._take(order, tick)
        own = order.__dict__
        own["mark"], own["stop_units"] = mark, None

    def _take(self, order: Order, tick: int) -> None:
        """Have an order follow the bars after a tick."""
        order.__class__ = self._following
        key = order.scale.symbol, order.sign
        prices, side = self._prices[key[0]], self._sides.get(key)
        if side is None:
            side = self._sides[key] = Side(prices, order.sign)
        self._trails[order.number] = Trail(prices, side, order, prices.newest_at(tick) + 1)


def start(order: Order, prices: Prices, tick: int) -> None:
    """Let a trailing stop that has just been placed start at the newest close of a tick, if there has been one."""
    bar = prices.newest_at(tick)
    if bar >= 0 and order.mark is None and not order.waiting:
        order.__class__ = PlacedStop
        order.__dict__["start"] = prices, bar


def _start_at(order: Order, mark: int | Fraction | None) -> None:
    """Give a stop that has just been placed a mark of its own, or take it away."""
    own = order.__dict__
    del own["start"]
    own["mark"], own["stop_units"] = mark, None
    order.__class__ = StartedStop


def moved(mark: int | Fraction, sign: int, prices: Prices, first: int, last: int) -> int | Fraction:
    """Where the mark of a trailing stop is after the bars from `first` to before `last`."""
    bars = prices.listing.bars
    if sign < 0:
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
