"""Weights against plain loops, the tree's order against scipy's, and by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from weaver.research.portfolio.weights import hierarchical_risk_parity, inverse_volatility


def returns_of(count: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return draw.standard_normal((200, count)) @ draw.uniform(-0.3, 1.0, (count, count)) * 0.01


def plain(returns: np.ndarray) -> list[float]:
    """Snippets 1 to 4 of the paper, with loops and scipy's tree."""
    count = returns.shape[1]
    covariance, correlation = np.cov(returns.T).tolist(), np.corrcoef(returns.T).tolist()
    distance = [[max(0.0, (1 - correlation[i][j]) / 2) ** 0.5 for j in range(count)] for i in range(count)]
    apart = [
        [sum((distance[n][i] - distance[n][j]) ** 2 for n in range(count)) ** 0.5 for j in range(count)]
        for i in range(count)
    ]
    order = leaves_list(linkage(squareform(np.array(apart), checks=False), "single")).tolist()
    weights = [1.0] * count
    clusters = [order]
    while clusters:
        halves = [half for one in clusters if len(one) > 1 for half in (one[: len(one) // 2], one[len(one) // 2 :])]
        for left, right in zip(halves[::2], halves[1::2], strict=True):
            first, second = cluster_variance(covariance, left), cluster_variance(covariance, right)
            for one in left:
                weights[one] *= 1 - first / (first + second)
            for one in right:
                weights[one] *= first / (first + second)
        clusters = halves
    return weights


def cluster_variance(covariance: list[list[float]], members: Sequence[int]) -> float:
    inverse = [1 / covariance[one][one] for one in members]
    weights = [one / sum(inverse) for one in inverse]
    return sum(
        weights[a] * weights[b] * covariance[one][other]
        for a, one in enumerate(members)
        for b, other in enumerate(members)
    )


@given(st.integers(2, 14), st.integers(0, 10_000))
def test_hierarchical_risk_parity_is_that_of_the_paper(count: int, seed: int) -> None:
    returns = returns_of(count, seed)
    found = hierarchical_risk_parity(returns)
    assert found == pytest.approx(plain(returns), rel=1e-9)
    assert found.sum() == pytest.approx(1.0)
    assert (found > 0.0).all()


def test_two_are_held_by_inverse_variance_and_one_in_full() -> None:
    returns = np.stack((np.tile([0.01, -0.01], 50), np.tile([0.02, 0.02, -0.02, -0.02], 25)), axis=1)
    assert hierarchical_risk_parity(returns) == pytest.approx([0.8, 0.2])
    assert inverse_volatility(returns) == pytest.approx([2 / 3, 1 / 3])
    assert hierarchical_risk_parity(returns[:, :1]).tolist() == [1.0]


def test_equal_strategies_share_equally() -> None:
    """They are at no distance from each other, and rounding must not make it less than none."""
    same = np.repeat(returns_of(1, 3), 4, axis=1)
    assert hierarchical_risk_parity(same) == pytest.approx([0.25] * 4)
