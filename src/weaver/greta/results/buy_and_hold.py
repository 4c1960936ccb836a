"""What the initial cash would have become by buying and holding: the run's own symbols, or a benchmark."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices, scale_of
from weaver.greta.results.equity.equity_rows import EquityRows
from weaver.model.account.costs import Costs
from weaver.model.listing import Listing
from weaver.model.market.corporate_actions import Delisting, Dividend, Split, ex_day

Floats = NDArray[np.float64]
Rows = NDArray[np.intp] | slice


def added(parts: Sequence[Callable[[Rows], Floats]], rows: Rows) -> Floats:
    """What several holdings are worth together at some rows."""
    total = parts[0](rows)
    for part in parts[1:]:
        total = total + part(rows)
    return total


def benchmark(listing: Listing, run: EquityRows, instants: NDArray[np.int64], cash: float) -> Callable[[Rows], Floats]:
    """All of `cash` in a symbol that need not be the run's, from its newest close at the run's first row on.

    Of bars of a day or longer a row has the last of its session or before, however much later elsewhere that closed; of
    shorter ones the last that had closed at the row's instant (ns). Before its first bar it is cash.
    """
    prices = Prices(listing, Costs(), scale_of(listing, Costs()))
    bars = listing.bars
    if bars.timeframe.is_daily:
        positions = np.searchsorted(prices.sessions, run.session, side="right") - 1
    else:
        positions = np.searchsorted(bars.end, instants, side="right") - 1
    close = np.where(positions >= 0, bars.close[np.maximum(positions, 0)], 0.0)
    return partial(hold, prices, run, positions, close, cash)


def hold(
    prices: Prices, run: EquityRows, positions: NDArray[np.int64] | None, close: Floats, share: float, rows: Rows
) -> Floats:
    """`share` of cash put into a symbol at its first close of the run, and held, whatever the company does."""
    if positions is None and not prices.listing.actions and close[0] > 0:
        value: Floats = close[rows] * (share / close[0])
        return value
    return _whole_hold(prices, run, run.ticks if positions is None else positions, close, share)[rows]


def _whole_hold(prices: Prices, run: EquityRows, positions: NDArray[np.int64], close: Floats, share: float) -> Floats:
    """The same at every row."""
    fresh = int(np.argmax(positions >= 0)) if len(positions) and positions[-1] >= 0 else len(positions)
    value = np.full(len(positions), share)
    if fresh >= len(positions) or close[fresh] <= 0:
        return value
    quantity = share / close[fresh]
    if not prices.listing.actions:
        np.multiply(close[fresh:], quantity, out=value[fresh:])
        return value
    factor, income = np.ones(len(positions)), np.zeros(len(positions))
    for action in sorted(prices.listing.actions, key=lambda action: action.ex_date):
        bar = prices.bar_from(action)
        at = int(np.searchsorted(positions, bar)) if bar < prices.count else len(positions)
        if bar >= prices.count and isinstance(action, Delisting):
            at = int(np.searchsorted(run.session, ex_day(action)))  # no bar of its own carries it
        if at <= fresh or (at >= len(positions) and not isinstance(action, Delisting)):
            continue
        match action:
            case Split(ratio=ratio):
                factor[at:] *= float(ratio)
            case Dividend(amount=amount):
                income[at:] += float(amount) * factor[at - 1]
            case Delisting(value=paid):
                last = min(at, len(positions) - 1)
                income[last:] += float(paid) * factor[last - 1]
                factor[last:] = 0.0
    value[fresh:] = quantity * (close * factor + income)[fresh:]
    return value
