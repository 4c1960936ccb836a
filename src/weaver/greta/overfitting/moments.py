"""Sharpe ratio, skewness and kurtosis of each of many trials."""

from dataclasses import dataclass

import numpy as np

from weaver.greta.overfitting.trials import Floats, Trials


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Columns, one value a trial, defined as in the statistics of a result (`greta/results/statistics.py`)."""

    sharpe: Floats
    """Mean ÷ standard deviation (ddof 1) of a period's return: not annualised."""
    skew: Floats
    excess_kurtosis: Floats
    """In excess of the normal distribution's 3."""


def moments_of(trials: Trials) -> Moments:
    """The moments of each trial; there are two periods or more, as returns that vary have."""
    sharpe, skew, kurtosis = (np.empty(trials.count) for _ in range(3))
    for which, returns in trials.chunks():
        mean = returns.mean(axis=0)
        returns -= mean
        squares = returns * returns
        variance = squares.mean(axis=0)
        sharpe[which] = mean / np.sqrt(variance * (trials.periods / (trials.periods - 1)))
        skew[which] = (squares * returns).mean(axis=0) / variance**1.5
        kurtosis[which] = (squares * squares).mean(axis=0) / variance**2 - 3.0
    return Moments(sharpe=sharpe, skew=skew, excess_kurtosis=kurtosis)
