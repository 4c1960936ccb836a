"""How fill prices differ from a backtest's, in basis points: each, and all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.costs import WHOLE_BPS
from weaver.model.orders.actions import Side
from weaver.veda.parity.pairing import FillPair
from weaver.veda.positions.counting import DECIMALS, decimal, rounded

BINS_MAX = 20
_DIGITS = 6
"""Of a basis point; prices after slippage are whole 1e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDifference:
    """What both runs have filled of an order, live and in the backtest. Basis points are of the price before slippage
    that the backtest filled at; above 0 is worse than that."""

    time: datetime
    """Of the live fill."""
    order: int
    """The live order's number."""
    symbol: str
    side: Side
    quantity: Decimal
    live_price: Decimal
    backtest_price: Decimal
    assumed_bps: float
    """What the backtest lost to slippage, by its costs."""
    realised_bps: float
    """What the live run lost."""

    @property
    def drift_bps(self) -> float:
        """How much worse the live fill was; below 0: better."""
        return _rounded(self.realised_bps - self.assumed_bps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """A bar of a histogram: how many lie in [start, end), in the last one [start, end]."""

    start: float
    end: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Some figures of basis points."""

    count: int
    mean: float
    weighted_mean: float
    """By what was traded, at the backtest's prices."""
    median: float
    p05: float
    p95: float
    least: float
    most: float
    bins: tuple[Bin, ...]


def price_difference(order: int, pair: FillPair) -> PriceDifference:
    """Of a part of a live fill and the backtest's beside it."""
    live, other = pair.live.fill, pair.backtest
    sign = live.side.sign
    before = other.unit_price - sign * other.unit_slippage

    def bps(price: Fraction) -> float:
        return _rounded(float(sign * (price - before) / before * WHOLE_BPS))

    return PriceDifference(
        time=live.time,
        order=order,
        symbol=live.symbol,
        side=live.side,
        quantity=decimal(rounded(pair.live.size / live.ratio * 10**DECIMALS)),
        live_price=live.price,
        backtest_price=other.price,
        assumed_bps=bps(other.unit_price),
        realised_bps=bps(live.unit_price),
    )


def distribution(values: Sequence[float], weights: Sequence[float]) -> Distribution | None:
    """Figures of some values; weights: how much each counts. None: there are none."""
    if not values:
        return None
    given = np.array(values, dtype=np.float64)
    low, middle, high = np.percentile(given, [5, 50, 95])
    counts, edges = np.histogram(given, bins=_bins(given))
    return Distribution(
        count=len(given),
        mean=_rounded(given.mean()),
        weighted_mean=_rounded(np.average(given, weights=np.array(weights, dtype=np.float64))),
        median=_rounded(middle),
        p05=_rounded(low),
        p95=_rounded(high),
        least=_rounded(given.min()),
        most=_rounded(given.max()),
        bins=tuple(
            Bin(start=_rounded(start), end=_rounded(end), count=int(count))
            for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ),
    )


def _bins(values: NDArray[np.float64]) -> int:
    """How many bars a histogram has: none is narrower than what figures are told to, and what floats can tell apart."""
    narrowest = max(10.0**-_DIGITS, 2 * float(np.spacing(np.abs(values).max())))
    distinct = int(min(float(np.ptp(values)) / narrowest, BINS_MAX))
    return max(1, min(distinct, int(np.ceil(np.sqrt(len(values))))))


def _rounded(value: float | np.float64) -> float:
    return round(float(value), _DIGITS) + 0.0  # never -0.0
