"""Draws of a series in blocks, so that what belongs together in time stays together.

The stationary bootstrap of Politis and Romano (1994): blocks of geometrically distributed length from places drawn
anew, on a circle. All chance is of a seed, by PCG64 and uniform doubles only, whose streams are the same everywhere.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.trials import CHUNK_VALUES, Floats, Trials, evenly

_RUN = 5
"""Correlations in a row that are as small as those of noise."""
_LOOKED_AT = 100
"""Of how many trials, evenly spread over all, the block length is a median."""


def draws(periods: int, count: int, *, block_length: float, seed: int) -> Iterator[NDArray[np.intp]]:
    """`count` resampled orders of so many periods, in pieces of shape (draws, periods): indices of periods.

    A block ends after each period with probability 1 ÷ `block_length` (1 or more).
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    ends = 1.0 / max(1.0, block_length)
    at_once = max(1, CHUNK_VALUES // periods)
    place = np.arange(periods)
    for start in range(0, count, at_once):
        shape = (min(at_once, count - start), periods)
        fresh = chance.random(shape) < ends
        fresh[:, 0] = True
        begins = (chance.random(shape) * periods).astype(np.intp)
        last = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
        yield (np.take_along_axis(begins, last, axis=1) + place - last) % periods


def block_length(series: Floats) -> float:
    """The expected block length of least mean squared error, from 1 up; shape (periods,).

    Politis and White (2004) as corrected by Patton, Politis and White (2009): with autocovariances R(k) up to lag M and
    the flat-top window λ, G = Σ λ|k|R(k) and g = Σ λR(k), it is (G² ÷ g²)^⅓ · n^⅓. M is twice the first lag from which
    on five correlations are within 2√(log₁₀ n ÷ n), as in the authors' code.
    """
    count = len(series)
    apart = series - series.mean()
    variance = float(apart @ apart) / count
    if count < 8 or not variance > 0.0:
        return 1.0
    lags = min(math.ceil(math.sqrt(count)) + _RUN, count - 1)
    covariance = np.array([float(apart[lag:] @ apart[: count - lag]) / count for lag in range(lags + 1)])
    quiet = np.abs(covariance[1:]) / variance < 2.0 * math.sqrt(math.log10(count) / count)
    window = min(2 * _first_quiet_lag(quiet), lags)
    lag = np.arange(1, window + 1)
    weight = np.minimum(1.0, 2.0 * (1.0 - lag / window))
    spread = 2.0 * float((weight * lag) @ covariance[1 : window + 1])
    level = variance + 2.0 * float(weight @ covariance[1 : window + 1])
    longest = math.ceil(min(3.0 * math.sqrt(count), count / 3.0))
    ratio = spread / max(abs(level), 1e-12 * variance)
    return min(float(longest), max(1.0, math.pow(ratio * ratio * count, 1.0 / 3.0)))


def _first_quiet_lag(quiet: NDArray[np.bool_]) -> int:
    """The first lag that begins a run of quiet ones; without such a run the last that is not quiet."""
    for lag in range(len(quiet) - _RUN + 1):
        if quiet[lag : lag + _RUN].all():
            return lag + 1
    return int(np.flatnonzero(~quiet)[-1]) + 1


def typical_block_length(trials: Trials) -> float:
    """The median of the block lengths of a hundred trials at most, evenly spread over all."""
    some = evenly(trials.count, _LOOKED_AT)
    return float(np.median([block_length(trials.returns[:, column].astype(np.float64)) for column in some]))
