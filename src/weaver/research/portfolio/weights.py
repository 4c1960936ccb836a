"""How much of an account each strategy gets, of the strategies' returns."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.clusters import Merge, single_linkage

Floats = NDArray[np.float64]


def inverse_volatility(returns: Floats) -> Floats:
    """1 ÷ standard deviation of each column of returns that vary, shape (periods, strategies), in sum 1."""
    inverse = 1.0 / returns.std(axis=0, ddof=1)
    weights: Floats = inverse / inverse.sum()
    return weights


def hierarchical_risk_parity(returns: Floats) -> Floats:
    """HRP: capital is halved again and again along a tree of what is alike, each time by inverse variance; in sum 1.

    M. López de Prado, *Building Diversified Portfolios that Outperform Out of Sample*, Journal of Portfolio Management
    42/4, 2016: distances √((1 - ρ)/2), single linkage on the Euclidean distances of their columns, the order of the
    tree's leaves, and recursive bisection of that order. Returns vary, shape (periods, strategies).
    """
    count = returns.shape[1]
    if count == 1:
        return np.ones(1)
    covariance = np.cov(returns, rowvar=False)
    deviation = np.sqrt(np.diag(covariance))
    distance = np.sqrt(np.clip((1.0 - covariance / np.outer(deviation, deviation)) / 2.0, 0.0, 1.0))
    columns = np.sqrt(((distance[:, :, np.newaxis] - distance[:, np.newaxis, :]) ** 2).sum(axis=0))
    return _bisected(covariance, _leaves(count, single_linkage(columns)))


def _leaves(count: int, merges: list[Merge]) -> list[int]:
    """The strategies as they stand under the tree: of each pair the cluster that is older stands on the left."""
    number, leaves = list(range(count)), [[one] for one in range(count)]
    for born, merge in enumerate(merges, start=count):
        left, right = sorted((merge.into, merge.gone), key=lambda place: number[place])
        leaves[merge.into], number[merge.into] = leaves[left] + leaves[right], born
    return leaves[merges[-1].into]


def _bisected(covariance: Floats, order: list[int]) -> Floats:
    weights = np.ones(len(order))
    stretches = [order]
    while stretches:
        stretch = stretches.pop()
        if len(stretch) < 2:
            continue
        left, right = stretch[: len(stretch) // 2], stretch[len(stretch) // 2 :]
        one, other = _variance(covariance, left), _variance(covariance, right)
        share = 1.0 - one / (one + other)
        weights[left] *= share
        weights[right] *= 1.0 - share
        stretches += [left, right]
    return weights


def _variance(covariance: Floats, members: list[int]) -> float:
    """Of the members held by inverse variance."""
    own = covariance[np.ix_(members, members)]
    inverse = 1.0 / np.diag(own)
    inverse /= inverse.sum()
    return float(inverse @ own @ inverse)
