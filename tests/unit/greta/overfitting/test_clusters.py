"""Clusters against plain loops, against scipy, and where there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from tests.naive import overfitting as naive
from weaver.greta.overfitting.clusters import STRUCTURE, average_linkage, clusters_of, single_linkage


def groups(count: int, members: int, share: float, seed: int) -> np.ndarray:
    """The correlation of groups that have `share` of their variance in common."""
    draw = np.random.default_rng(seed)
    common = np.repeat(draw.standard_normal((500, count)), members, axis=1)
    own = draw.standard_normal((500, count * members))
    return np.corrcoef((share**0.5 * common + (1 - share) ** 0.5 * own).T)


@given(st.integers(0, 10_000), st.integers(2, 25))
def test_heights_are_those_of_scipy(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).standard_normal((count, 3))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    for ours, method in ((average_linkage, "average"), (single_linkage, "single")):
        heights = [merge.height for merge in ours(distance)]
        assert heights == pytest.approx(linkage(squareform(distance, checks=False), method)[:, 2].tolist())


@pytest.mark.parametrize("seed", range(8))
def test_clustering_is_that_of_plain_loops(seed: int) -> None:
    correlation = groups(4, 5, 0.6, seed)
    distance = np.sqrt(np.clip((1 - correlation) / 2, 0, 1)).tolist()
    found = clusters_of(correlation)
    by_loops = {naive.silhouette(distance, one): one for one in naive.partitions(distance)[:-1]}
    assert found.silhouette == pytest.approx(max(by_loops))
    assert found.labels.tolist() == by_loops[max(by_loops)]


def test_groups_are_found() -> None:
    found = clusters_of(groups(10, 12, 0.7, 1))
    assert found.count == 10
    assert found.labels.tolist() == [number for number in range(10) for _ in range(12)]
    assert found.silhouette is not None
    assert found.silhouette > STRUCTURE


def test_noise_has_no_clusters() -> None:
    found = clusters_of(groups(60, 1, 0.5, 2))
    assert (found.count, found.silhouette) == (60, None)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_equal_trials_are_one(count: int) -> None:
    assert clusters_of(np.ones((count, count))).labels.tolist() == [0] * count
