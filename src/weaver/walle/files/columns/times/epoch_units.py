"""In which unit numbers count the time since 1970."""

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Int64

_UNITS = np.array([1_000_000_000, 1_000_000, 1_000, 1], dtype=np.int64)
"""Seconds, milli-, micro- and nanoseconds, in ns."""
_BOUNDS = np.array([1e11, 1e14, 1e17])
"""Numbers from here on are of the next unit."""
_YEARS = (-2.2e18, 4.1e18)
"""1900 to 2099 in ns, roughly."""


def epoch_units(numbers: NDArray[np.float64] | Int64) -> Int64:
    """How many ns each of the numbers counts: an array of one for all, or of n where units change on the way.

    The largest number tells the unit of all, so that milliseconds before 1973 are no seconds. Each row has the unit of
    its own size only where the times then lie closer together: Binance's milliseconds until 2024 and its microseconds
    since, read as microseconds throughout, would leap from 1970 to 2025.
    """
    counts = numbers.astype(np.float64)
    size = np.abs(counts)
    largest = np.searchsorted(_BOUNDS, size.max(initial=0), side="right")
    if not len(numbers) or np.searchsorted(_BOUNDS, size.min(), side="right") == largest:
        return _UNITS[largest : largest + 1]
    own = _UNITS[np.searchsorted(_BOUNDS, size, side="right")]
    by_row = counts * own
    if by_row.min() < _YEARS[0] or by_row.max() > _YEARS[1]:
        return _UNITS[largest : largest + 1]
    is_closer = _longest_gap(by_row) < _longest_gap(counts * _UNITS[largest])
    return own if is_closer else _UNITS[largest : largest + 1]


def _longest_gap(times: NDArray[np.float64]) -> float:
    return float(np.diff(np.sort(times)).max(initial=0.0))
