"""Whether the best of many trials beats a benchmark, or only luck: White's reality check and Hansen's SPA test.

H. White, *A Reality Check for Data Snooping*, Econometrica 68/5, 2000; P. R. Hansen, *A Test for Superior Predictive
Ability*, Journal of Business & Economic Statistics 23/4, 2005. Both ask whether any trial's mean return is above the
benchmark's, and take into account that the best one was searched for.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.stationary_bootstrap import draws, typical_block_length
from weaver.greta.overfitting.trials import Floats, Returns, Trials, usable_trials

BOOTSTRAPS = 1_000
PERIODS_LEAST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RealityCheck:
    """p-values: how often luck does as well as the best trial did. Small ones speak for the best."""

    white: float
    """White's, of the highest mean; all trials count as if they were as good as the benchmark."""
    lower: float
    """Hansen's, of the highest mean in units of its deviation; trials below the benchmark count with their own mean."""
    consistent: float
    """The same; only trials far below the benchmark count with their own mean. The one to read."""
    upper: float
    """The same; all trials count as if they were as good as the benchmark."""
    best: int
    """The column, of those that were given, of the trial with the highest mean."""
    block_length: float
    bootstraps: int


def reality_check(
    returns: Returns,
    *,
    benchmark: Floats | float = 0.0,
    bootstraps: int = BOOTSTRAPS,
    block_length: float | None = None,
    seed: int = 0,
) -> RealityCheck | str:
    """Both tests of `returns`, shape (periods, trials), by stationary bootstrap; or why there is none.

    `benchmark` is a return a period, or one for each, shape (periods,): 0 is cash. `block_length` is found by itself
    where it is not given. Trials that say nothing are left out; a benchmark must be finite.
    """
    trials = usable_trials(_excess(returns, benchmark))
    if trials.periods < PERIODS_LEAST:
        return f"{trials.periods} sessions are too few: {PERIODS_LEAST} are the least"
    if not trials.count:
        return f"none of {trials.given} trials has returns that vary against the benchmark's"
    length = typical_block_length(trials) if block_length is None else block_length
    pieces = draws(trials.periods, bootstraps, block_length=length, seed=seed)
    search = _search(trials, np.concatenate([_weights(drawn) for drawn in pieces]), length)
    p_values = {name: float((search.by_luck[name] >= search.found[name]).mean()) for name in _NAMES}
    best = int(trials.columns[search.best])
    return RealityCheck(**p_values, best=best, block_length=length, bootstraps=bootstraps)


_NAMES = ("white", "lower", "consistent", "upper")


def _excess(returns: Returns, benchmark: Floats | float) -> Returns:
    table = returns[:, np.newaxis] if returns.ndim == 1 else returns
    if isinstance(benchmark, np.ndarray):
        return table - benchmark.astype(table.dtype)[:, np.newaxis]
    return table if benchmark == 0.0 else table - table.dtype.type(benchmark)


def _weights(drawn: NDArray[np.intp]) -> Floats:
    """How often each period was drawn ÷ periods, a row for each draw: times the returns, it is the drawn mean."""
    count, periods = drawn.shape
    cells = (drawn + np.arange(count)[:, np.newaxis] * periods).ravel()
    weights: Floats = np.bincount(cells, minlength=count * periods).reshape(count, periods) / periods
    return weights


@dataclass(slots=True, kw_only=True, eq=False)
class _Search:
    """The best that was found, and the best of each draw from trials without any edge, by test."""

    best: int
    found: dict[str, float]
    by_luck: dict[str, Floats]


def _search(trials: Trials, weights: Floats, length: float) -> _Search:
    """Goes through the trials once, a few at a time, and keeps the highest values."""
    root = math.sqrt(trials.periods)
    far = math.sqrt(2.0 * math.log(math.log(trials.periods)))
    kernel = _kernel(trials.periods, length)
    search = _Search(best=0, found=dict.fromkeys(_NAMES, 0.0), by_luck={})
    search.found["white"] = -math.inf
    nothing = np.zeros(len(weights))
    search.by_luck = {name: nothing - (math.inf if name == "white" else 0.0) for name in _NAMES}
    for which, returns in trials.chunks():
        mean = returns.mean(axis=0)
        returns -= mean
        deviation = _deviation(returns, kernel)
        drawn = root * (weights @ returns)  # around each trial's own mean
        scaled, ratio = drawn / deviation, root * mean / deviation
        if root * mean.max() > search.found["white"]:
            search.best, search.found["white"] = which.start + int(mean.argmax()), root * float(mean.max())
        centres = {"lower": np.minimum(ratio, 0.0), "consistent": np.where(ratio >= -far, 0.0, ratio), "upper": 0.0}
        _keep(search.by_luck["white"], drawn)
        for name, centre in centres.items():
            search.found[name] = max(search.found[name], float(ratio.max()))
            _keep(search.by_luck[name], scaled + centre)
    return search


def _keep(highest: Floats, values: Floats) -> None:
    np.maximum(highest, values.max(axis=1), out=highest)


def _kernel(periods: int, length: float) -> Floats:
    """The weights of autocovariances in the variance of a drawn mean (Politis and Romano 1994), as frequencies.

    κ(i) = (1 - i/n)(1 - p)^i + (i/n)(1 - p)^(n - i) with p = 1 ÷ length: the same at i and n - i, so that the sum over
    all pairs of periods is one over the frequencies of a circle, each of which stands for its mirror too.
    """
    lag = np.arange(periods)
    stays = 1.0 - 1.0 / max(1.0, length)
    weight = (1.0 - lag / periods) * stays**lag + lag / periods * stays ** (periods - lag)
    frequencies: Floats = np.fft.rfft(weight).real
    frequencies[1 : (periods + 1) // 2] *= 2.0
    return frequencies


def _deviation(returns: Floats, kernel: Floats) -> Floats:
    """√n times the standard deviation of each drawn mean, of centred returns."""
    power = np.abs(np.fft.rfft(returns, axis=0)) ** 2
    variance = kernel @ power / len(returns) ** 2
    deviation: Floats = np.sqrt(np.maximum(variance, np.finfo(np.float64).tiny))
    return deviation
