"""At which prices orders waited, from which bar to which: what a chart draws of stops and targets."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import numpy as np

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.prices import Prices
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.trailing import level_of

LEVELS_MAX = 4_000
"""Of one symbol: of more, the newest."""


class OrderLevel(NamedTuple):
    """A price at which an order waited, from the bar `first` to the bar `last` of its symbol, by index."""

    kind: str
    """`stop` or `target`, which any limit is."""
    first: int
    last: int
    price: float


def order_levels(run: FinishedRun) -> dict[str, list[OrderLevel]]:
    """Those of each symbol, in the order in which they were placed. What split while it waited is left out from there
    on the price that it ended with."""
    waited = [order for order in run.orders if not order.is_plain and _waits(order)]
    left = _last_fills(run) if waited else {}
    found: dict[str, list[OrderLevel]] = {}
    for order in waited:
        found.setdefault(order.symbol, []).extend(_levels(order, run, left))
    return {symbol: levels[-LEVELS_MAX:] for symbol, levels in found.items()}


def _waits(order: Order) -> bool:
    """Whether it has a price to wait at, and began to."""
    return not order.waiting and (order.limit_units is not None or order.stop_units is not None)


def _last_fills(run: FinishedRun) -> dict[int, int]:
    """The bar of each order's newest fill, by number."""
    return {row.order.number: row.bar for row in run.fills}


def _levels(order: Order, run: FinishedRun, left: Mapping[int, int]) -> Iterator[OrderLevel]:
    prices = run.prices[order.symbol]
    started = None if order.group is None else order.group.started
    side: Literal["left", "right"] = "left" if started == order.begun else "right"  # a leg works in its entry's bar
    first = int(np.searchsorted(prices.listing.bars.end, order.begun, side=side))
    last = _last(order, run, prices, left)
    if first >= prices.count or last < first:
        return
    if order.order_type is OrderType.TRAILING_STOP:
        yield from _trailed(order, prices, first, last)
        return
    one = order.scale.price_one
    if order.stop_units is not None:
        yield OrderLevel("stop", first, last, order.stop_units / one)
    if order.limit_units is not None:
        yield OrderLevel("target", first, last, order.limit_units / one)


def _last(order: Order, run: FinishedRun, prices: Prices, left: Mapping[int, int]) -> int:
    """The bar in which it filled or ended, or the run did."""
    if order.number in run.ended:
        return prices.newest_at(run.ended[order.number])
    if order.is_working:
        return prices.newest_at(run.last)
    return left.get(order.number, -1)


def _trailed(order: Order, prices: Prices, first: int, last: int) -> Iterator[OrderLevel]:
    """The steps of a trailing stop: its mark is the best price of the bars before, from the close at its beginning."""
    bars, sign = prices.listing.bars, order.sign
    best = (bars.high if sign < 0 else bars.low)[first:last]
    begun = bars.close[first - 1 : first] if first else bars.open[:1]
    reach = np.maximum if sign < 0 else np.minimum
    marks = reach.accumulate(np.concatenate((begun, best)))
    starts = np.flatnonzero(np.append(True, np.diff(marks) != 0))
    ends = np.append(starts[1:], len(marks)) - 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        level = level_of(order, prices.units(float(marks[start])))
        yield OrderLevel("stop", first + start, first + end, level / order.scale.price_one)
