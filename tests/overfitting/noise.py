"""Trials without any skill, of several kinds, and what is said of them over many seeds."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from weaver.greta.overfitting.assessment import Selected, assess
from weaver.greta.overfitting.cross_validation import Overfitting
from weaver.greta.overfitting.reality_check import RealityCheck

Floats = NDArray[np.float64]
PERIODS = 750
"""Three years of sessions."""
SIZE = 0.01


def independent(draw: np.random.Generator) -> Floats:
    """Forty trials, each is noise of its own."""
    return draw.standard_normal((PERIODS, 40)) * SIZE


def grouped(draw: np.random.Generator) -> Floats:
    """Ten groups of ten; those of one have 0.7 of their variance in common."""
    common = np.repeat(draw.standard_normal((PERIODS, 10)), 10, axis=1)
    return (0.7**0.5 * common + 0.3**0.5 * draw.standard_normal((PERIODS, 100))) * SIZE


def alike(draw: np.random.Generator) -> Floats:
    """A hundred trials, each with half of its variance in common with all others: they hold the same market."""
    common = draw.standard_normal((PERIODS, 1))
    return 0.5**0.5 * (common + draw.standard_normal((PERIODS, 100))) * SIZE


def crossovers(draw: np.random.Generator) -> Floats:
    """Averages of 5, 10 … 45 sessions above those of 20, 40 … 200: the market is held; prices are a random walk."""
    change = draw.standard_normal(PERIODS + 200) * SIZE
    sums = np.concatenate(([0.0], np.cumsum(np.cumsum(change))))
    average = {
        days: np.concatenate((np.full(days - 1, np.nan), (sums[days:] - sums[:-days]) / days))
        for days in {*range(5, 50, 5), *range(20, 220, 20)}
    }
    held = [average[fast] > average[slow] for fast in range(5, 50, 5) for slow in range(20, 220, 20) if fast < slow]
    return np.stack([(own[:-1] * change[1:])[-PERIODS:] for own in held], axis=1)


KINDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "independent": independent,
    "ten groups": grouped,
    "one market": alike,
    "crossovers": crossovers,
}


def planted(draw: np.random.Generator, edge: float) -> Floats:
    """One of forty independent trials earns so much a session."""
    returns = independent(draw)
    returns[:, 20] += edge
    return returns


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of noise, over all seeds."""

    seeds: int
    overfitting: float
    """The mean PBO."""
    rejected: dict[str, float]
    """How often the best was called skilled at 95 %, by figure."""
    uniform: dict[str, float]
    """p-values of Kolmogorov and Smirnov's test that those of a reality check are uniform, by check."""
    p_below: dict[str, float]
    """How often a reality check's p-value was at most 0.05."""
    verdicts: dict[str, int]


def said_of(make: Callable[[np.random.Generator], Floats], seeds: Iterable[int], bootstraps: int = 500) -> Said:
    """Everything once for each seed."""
    rates, p_values, verdicts = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list), []
    for seed in seeds:
        found = assess(make(np.random.default_rng(seed)), sessions_per_year=252, bootstraps=bootstraps, seed=seed)
        assert isinstance(found.selected, Selected)
        assert isinstance(found.overfitting, Overfitting)
        assert isinstance(found.reality, RealityCheck)
        rates["pbo"].append(found.overfitting.probability)
        figures = ("psr", "deflated", "deflated_by_correlation", "deflated_by_clusters", "familywise")
        for name in figures:
            rates[name].append((getattr(found.selected, name) or 0.0) > 0.95)
        for name in ("white", "lower", "consistent", "upper"):
            p_values[name].append(getattr(found.reality, name))
        verdicts.append(str(found.verdict.code))
    return Said(
        seeds=len(verdicts),
        overfitting=float(np.mean(rates.pop("pbo"))),
        rejected={name: float(np.mean(row)) for name, row in rates.items()},
        uniform={name: float(stats.kstest(row, "uniform").pvalue) for name, row in p_values.items()},
        p_below={name: float(np.mean(np.array(row) <= 0.05)) for name, row in p_values.items()},
        verdicts={name: verdicts.count(name) for name in sorted(set(verdicts))},
    )


def expected_rejections(trials: int) -> float:
    """How often the best of so many independent trials lies 1.645 deviations above where it is expected to lie."""
    expected = (1 - np.euler_gamma) * stats.norm.ppf(1 - 1 / trials) + np.euler_gamma * stats.norm.ppf(
        1 - 1 / trials / np.e
    )
    return float(1 - stats.norm.cdf(expected + stats.norm.ppf(0.95)) ** trials)
