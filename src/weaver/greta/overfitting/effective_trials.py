"""How many independent trials a search comes to, of which many do much the same."""

from dataclasses import dataclass

import numpy as np

from weaver.greta.overfitting.clusters import clusters_of
from weaver.greta.overfitting.trials import Floats, Trials, evenly

SAMPLE = 500
"""How many trials are clustered at most: evenly spread over all, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveTrials:
    """Two answers, of which neither is certain: see docs/how-to/read-overfitting-figures.md."""

    by_clusters: int
    """Clusters of trials; all trials where their correlations show none."""
    by_correlation: float
    """ρ + (1 - ρ)·N with the average correlation ρ (Bailey and López de Prado 2014, appendix), from 1 to N."""
    average_correlation: float
    """Over all pairs of trials; 1.0 where there is one trial."""
    silhouette: float | None
    """How clearly the clusters stand apart; None: no clusters."""
    sampled: int
    """How many trials were clustered."""


def effective_trials(trials: Trials, *, counted: int | None = None, sample: int = SAMPLE) -> EffectiveTrials | None:
    """The effective number of trials among `counted` (as many as are at hand, or more), those at hand speaking for all.

    A cluster that no trial of the sample belongs to is not seen; of 500, one that holds a hundredth of all is missed
    once in 150 times. None where there are no trials.
    """
    if not trials.count:
        return None
    total = max(trials.count, counted or 0)
    average = average_correlation(trials)
    columns = evenly(trials.count, sample)
    clusters = clusters_of(_correlation(trials.returns[:, columns].astype(np.float64)))
    unseen = clusters.silhouette is None and clusters.count == len(columns)
    return EffectiveTrials(
        by_clusters=total if unseen else clusters.count,
        by_correlation=min(float(total), max(1.0, average + (1.0 - average) * total)),
        average_correlation=average,
        silhouette=clusters.silhouette,
        sampled=len(columns),
    )


def average_correlation(trials: Trials) -> float:
    """The mean of all pairs' correlations, by the variance of the sum of all standardised returns: O(all values)."""
    if trials.count == 1:
        return 1.0
    together = np.zeros(trials.periods)
    for _, returns in trials.chunks():
        together += _standardised(returns).sum(axis=1)
    pairs = trials.count * (trials.count - 1)
    return float(np.clip((together @ together - trials.count) / pairs, -1.0, 1.0))


def _correlation(returns: Floats) -> Floats:
    standard = _standardised(returns)
    correlation: Floats = standard.T @ standard
    return correlation


def _standardised(returns: Floats) -> Floats:
    """Centred columns of length one."""
    returns = returns - returns.mean(axis=0)
    returns /= np.sqrt((returns * returns).sum(axis=0))
    return returns
