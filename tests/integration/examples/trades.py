"""Round trips as they are compared between engines."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import weaver
from weaver.model.calendar.instants import time_of

DIGITS = 6


class Trip(NamedTuple):
    """Times are those that label the bars; prices and P&L are rounded to six decimals."""

    symbol: str
    entered: datetime
    left: datetime
    size: int
    """Below 0: short."""
    entry_price: float
    exit_price: float
    pnl: float


class Execution(NamedTuple):
    """A purchase (`size` > 0) or a sale."""

    symbol: str
    bar: datetime
    size: int
    price: float


def trips_of(result: weaver.BacktestResult) -> list[Trip]:
    """Those of a result. A fill inside a bar has the time at which that closed: here its bar counts."""
    bar_of = {(one.symbol, one.timestamp, str(one.side)): one.bar_timestamp for one in result.fills}
    trips = []
    for one in result.trades:
        sign, sides = (1, ("buy", "sell")) if one.side == "long" else (-1, ("sell", "buy"))
        times = time_of(one.entry_time), time_of(one.exit_time)
        bars = (bar_of[one.symbol, time, side].replace(tzinfo=None) for time, side in zip(times, sides, strict=True))
        amounts = (round(float(amount), DIGITS) for amount in (one.entry_price, one.exit_price, one.pnl))
        trips.append(Trip(one.symbol, *bars, sign * int(one.quantity), *amounts))
    return trips


def matched(executions: Iterable[Execution]) -> list[Trip]:
    """The trips of long positions, first in, first out, in order of exit: for an engine that tells of orders only."""
    open_lots: dict[str, list[Execution]] = {}
    trips: list[Trip] = []
    for one in executions:
        lots = open_lots.setdefault(one.symbol, [])
        if one.size > 0:
            lots.append(one)
            continue
        to_sell = -one.size
        while to_sell:
            first = lots.pop(0)
            size = min(first.size, to_sell)
            to_sell -= size
            if first.size > size:
                lots.insert(0, first._replace(size=first.size - size))
            prices = round(first.price, DIGITS), round(one.price, DIGITS)
            trips.append(
                Trip(one.symbol, first.bar, one.bar, size, *prices, round(size * (one.price - first.price), DIGITS))
            )
    return trips


def assert_same(ours: Sequence[Trip], theirs: Sequence[Trip]) -> None:
    """Raises AssertionError at the first trip that differs."""
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        assert one == other, f"trip {number}: {one}, and theirs {other}"
    assert len(ours) == len(theirs)
