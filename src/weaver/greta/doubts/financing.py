"""What was borrowed overnight, cash and shares, where a run charges nothing for it; and funding that is not known."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.results.curve import Curve
from weaver.model.calendar.instants import time_of
from weaver.model.counted import counted

_CENT = 0.01


def about_financing(curve: Curve, run: FinishedRun) -> list[tuple[str, str]]:
    """Nights on which cash was borrowed, or something was short, for nothing, and how much at most."""
    nights = np.flatnonzero(np.diff(curve.session))
    charges_cash = any(costs.margin_rate for costs in run.costs.values())
    charges_shorts = any(costs.charges_shorts for costs in run.costs.values())
    cash = np.zeros(0) if charges_cash else -curve.cash[nights]
    short = np.zeros(0) if curve.short is None else curve.short[nights]
    found = []
    if cash.size and cash.max() >= _CENT:
        found.append(f"cash was borrowed on {_nights(cash)}, {cash.max():,.2f} at most")
    if short.size and short.max() >= _CENT:
        found.append(f"positions worth {short.max():,.2f} at most were short on {_nights(short)}")
    if not found:
        return []
    lacks = "neither interest nor a fee for borrowing is charged"
    if charges_cash:
        lacks = "no fee is charged for borrowing them (borrow_rate)"
    elif charges_shorts:
        lacks = "no interest is charged for it (margin_rate)"
        if len(found) > 1:
            lacks = "neither interest (margin_rate) nor a fee for borrowing these (borrow_rate) is charged"
    return [("free_financing", f"{' and '.join(found)}: {lacks}")]


def about_funding(run: FinishedRun) -> list[tuple[str, str]]:
    """Times for which the funding of a symbol that was traded has no rates."""
    found = []
    for index, (symbol, prices) in enumerate(run.prices.items()):
        funding, bar = run.costs[symbol].funding, prices.bar_before(run.first) + 1
        if funding is None or index not in run.fills.which or bar >= prices.count:
            continue
        lacking = funding.lacking(prices.opens[bar], prices.ends[prices.count - 1])
        if lacking:
            start, end = max(lacking, key=lambda one: one[1] - one[0])
            where = f"the longest from {time_of(start):%Y-%m-%d %H:%M} to {time_of(end):%Y-%m-%d %H:%M} (UTC)"
            stretches = counted(len(lacking), "stretch", "stretches")
            found.append(f"{symbol} has no funding rates in {stretches}, {where}: nothing is charged there")
    return [("funding_gap", text) for text in found]


def _nights(amounts: NDArray[np.float64]) -> str:
    count = int(np.count_nonzero(amounts >= _CENT))
    return counted(count, "night")
