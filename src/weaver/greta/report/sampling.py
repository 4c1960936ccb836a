"""Fewer points that look the same: extremes of stretches for curves, longer bars for candles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def extreme_rows(columns: list[Floats], points_max: int) -> Rows:
    """Rows that keep the first and last value and the highest and lowest of every column in each of many stretches.

    All columns have one length n; NaNs are no extremes. At most `points_max` rows (>= 2 + 2 a column) come back, in
    order, without repeats; all n if they fit.
    """
    count = len(columns[0])
    if count <= points_max:
        return np.arange(count)
    stretches = points_max // 2
    while len(rows := _extremes(columns, stretches)) > points_max and stretches > 1:
        stretches = stretches * 3 // 4
    return rows


def _extremes(columns: list[Floats], stretches: int) -> Rows:
    count = len(columns[0])
    width = -(-count // stretches)
    starts = np.arange(0, count, width)
    found = [np.array([0, count - 1])]
    for column in columns:
        for extreme, nothing in ((np.argmin, np.inf), (np.argmax, -np.inf)):
            padded = np.full(len(starts) * width, nothing)
            padded[:count] = np.where(np.isnan(column), nothing, column)
            found.append(starts + extreme(padded.reshape(-1, width), axis=1))
    return np.unique(np.concatenate(found))


def means_of(column: Floats, each: int) -> Floats:
    """The mean of every `each` values, and of the rest at the end; NaN where all of them are."""
    first = np.arange(0, len(column), each)
    known = np.isfinite(column)
    sums, counts = np.add.reduceat(np.where(known, column, 0.0), first), np.add.reduceat(known.astype(np.intp), first)
    means: Floats = np.divide(sums, counts, out=np.full(len(first), np.nan), where=counts > 0)
    return means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandleColumns:
    """`factor` neighbouring bars drawn as one candle; columns of one length, `timestamp` that of the first bar."""

    factor: int
    timestamp: NDArray[np.int64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


def candles(
    *,
    timestamp: NDArray[np.int64],
    open: Floats,
    high: Floats,
    low: Floats,
    close: Floats,
    volume: Floats,
    count_max: int,
) -> CandleColumns:
    """The bars (n >= 1) as at most `count_max` candles: first open, highest high, lowest low, last close, Σ volume."""
    factor = max(-(-len(close) // count_max), 1)
    first = np.arange(0, len(close), factor)
    last = np.minimum(first + factor, len(close)) - 1
    return CandleColumns(
        factor=factor,
        timestamp=timestamp[first],
        open=open[first],
        high=np.maximum.reduceat(high, first),
        low=np.minimum.reduceat(low, first),
        close=close[last],
        volume=np.add.reduceat(volume, first),
    )
