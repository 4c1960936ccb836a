"""Which order of a live run is which of its backtest, and which parts of their fills stand side by side."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from weaver.veda.parity.compared import ComparedFill, ComparedOrder

OrderPair = tuple[ComparedOrder, ComparedOrder]
"""The live one, and the backtest's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedOrders:
    """Orders of both runs; each is in one of the three."""

    pairs: tuple[OrderPair, ...]
    only_live: tuple[ComparedOrder, ...]
    only_backtest: tuple[ComparedOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPart:
    """A part of a fill: so many of the newest shares, from so far in it on."""

    fill: ComparedFill
    size: Fraction
    begin: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPair:
    """As much of a live fill as of one of the backtest's."""

    live: FillPart
    backtest: ComparedFill


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedFills:
    """The fills of two orders that are one: what both have filled, and what only one has."""

    pairs: tuple[FillPair, ...]
    only_live: tuple[FillPart, ...]
    only_backtest: tuple[FillPart, ...]


def match_orders(
    live: Sequence[ComparedOrder], backtest: Sequence[ComparedOrder], ticks: Sequence[datetime]
) -> MatchedOrders:
    """Orders of the same symbol, side, type and class that were decided at the same tick, in turn. Orders that are not
    the strategy's have no match. `ticks`: of the run, in order."""

    def key(order: ComparedOrder) -> tuple[str, str, str, str, int]:
        tick = bisect_right(ticks, order.placed_at)
        return order.symbol, str(order.side), order.order_type, order.order_class, tick

    waiting: dict[tuple[str, str, str, str, int], list[ComparedOrder]] = defaultdict(list)
    for order in sorted(backtest, key=_number, reverse=True):
        waiting[key(order)].append(order)
    pairs, only_live = list[OrderPair](), list[ComparedOrder]()
    for order in sorted(live, key=_number):
        alike = waiting[key(order)] if order.number else []
        if alike:
            pairs.append((order, alike.pop()))
        else:
            only_live.append(order)
    only_backtest = sorted((order for left in waiting.values() for order in left), key=_number)
    return MatchedOrders(pairs=tuple(pairs), only_live=tuple(only_live), only_backtest=tuple(only_backtest))


def match_fills(live: Sequence[ComparedFill], backtest: Sequence[ComparedFill]) -> MatchedFills:
    """The first unit that one order filled beside the first of the other, and so on, each as it was filled."""
    pairs = list[FillPair]()
    ahead, other = (
        [FillPart(fill=one, size=one.size) for one in live],
        [FillPart(fill=one, size=one.size) for one in backtest],
    )
    ahead.reverse()
    other.reverse()
    while ahead and other:
        mine, its = ahead.pop(), other.pop()
        size = min(mine.size, its.size)
        pairs.append(FillPair(live=FillPart(fill=mine.fill, size=size, begin=mine.begin), backtest=its.fill))
        for left, back in ((mine, ahead), (its, other)):
            if left.size > size:
                back.append(FillPart(fill=left.fill, size=left.size - size, begin=left.begin + size))
    return MatchedFills(pairs=tuple(pairs), only_live=tuple(ahead[::-1]), only_backtest=tuple(other[::-1]))


def _number(order: ComparedOrder) -> int:
    return order.number
