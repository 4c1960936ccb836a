"""Trials that do much the same, put together by how their returns are correlated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.trials import Floats

STRUCTURE = 0.25
"""A mean silhouette up to which a clustering says nothing (Kaufman and Rousseeuw 1990, *Finding Groups in Data*)."""
_SAME = 1e-6
"""The distance up to which two series are the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """Which trials belong together."""

    labels: NDArray[np.intp]
    """Of each trial its cluster, from 0 up in order of first members, shape (trials,)."""
    silhouette: float | None
    """The mean silhouette of this clustering; None where no clustering says anything, and each trial is its own."""

    @property
    def count(self) -> int:
        return int(self.labels.max()) + 1


@dataclass(frozen=True, slots=True)
class Merge:
    """Two clusters become one, which has the first one's place."""

    into: int
    gone: int
    height: float
    """Their distance."""


def clusters_of(correlation: Floats) -> Clusters:
    """Clusters by average linkage, as many as give the highest mean silhouette; shape (trials, trials).

    The distance is √((1 - ρ)/2), as López de Prado has it. Where even the best number of clusters has a mean silhouette
    of `STRUCTURE` or less there is nothing to be seen, and only equal trials are put together. Ties go to
    more clusters.
    """
    distance = np.sqrt(np.clip((1.0 - correlation) / 2.0, 0.0, 1.0))
    np.fill_diagonal(distance, 0.0)
    merges = average_linkage(distance)
    best, steps = STRUCTURE, None
    for step, silhouette in enumerate(_silhouettes(distance, merges), start=1):
        if silhouette > best:
            best, steps = silhouette, step
    if steps is None:
        same = sum(merge.height <= _SAME for merge in merges)  # heights of average linkage never fall
        return Clusters(labels=_labels(len(distance), merges[:same]), silhouette=None)
    return Clusters(labels=_labels(len(distance), merges[:steps]), silhouette=best)


def average_linkage(distance: Floats) -> list[Merge]:
    """Hierarchical clustering: the two nearest clusters by the mean distance of their members are merged, and again.

    `distance` is symmetric, shape (n, n), and not changed; n - 1 merges come out, by rising height.
    """
    return _linkage(distance, lambda one, other, sizes: (sizes[0] * one + sizes[1] * other) / (sizes[0] + sizes[1]))


def single_linkage(distance: Floats) -> list[Merge]:
    """The same by the distance of their nearest members."""
    return _linkage(distance, lambda one, other, _: np.minimum(one, other))


def _linkage(distance: Floats, together: Callable[[Floats, Floats, tuple[float, float]], Floats]) -> list[Merge]:
    """`together` gives the distances of two clusters that become one, of those of both and of their sizes."""
    count = len(distance)
    between, size = distance.copy(), np.ones(count)
    np.fill_diagonal(between, np.inf)
    nearest = between.argmin(axis=1)
    lowest = between[np.arange(count), nearest]
    merges = []
    for _ in range(count - 1):
        into = int(lowest.argmin())
        gone = int(nearest[into])
        merges.append(Merge(into, gone, float(lowest[into])))
        row = together(between[into], between[gone], (float(size[into]), float(size[gone])))
        row[[into, gone]] = np.inf
        between[into], between[:, into] = row, row
        between[gone], between[:, gone] = np.inf, np.inf
        size[into] += size[gone]
        lowest[gone] = np.inf
        stale = np.isfinite(lowest) & ((nearest == gone) | (nearest == into))
        stale[into] = True
        nearest[stale] = between[stale].argmin(axis=1)
        lowest[stale] = between[stale, nearest[stale]]
    return merges


def _silhouettes(distance: Floats, merges: list[Merge]) -> Iterator[float]:
    """The mean silhouette (Rousseeuw 1987) after each merge, down to two clusters; a cluster of one counts as 0."""
    count = len(distance)
    rows, sums, size = np.arange(count), distance.copy(), np.ones(count)
    label, alive = np.arange(count), np.ones(count, dtype=np.bool_)
    for merge in merges[: max(0, count - 2)]:
        sums[:, merge.into] += sums[:, merge.gone]
        size[merge.into] += size[merge.gone]
        alive[merge.gone] = False
        label[label == merge.gone] = merge.into
        own = sums[rows, label] / np.maximum(size[label] - 1.0, 1.0)
        means = sums[:, alive] / size[alive]
        means[rows, np.searchsorted(np.flatnonzero(alive), label)] = np.inf
        other = means.min(axis=1)
        wider = np.maximum(own, other)
        apart = np.divide(other - own, wider, out=np.zeros(count), where=(wider > 0.0) & (size[label] > 1.0))
        yield float(apart.mean())


def _labels(count: int, merges: list[Merge]) -> NDArray[np.intp]:
    label = np.arange(count)
    for merge in merges:
        label[label == merge.gone] = merge.into
    _, first, which = np.unique(label, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.intp)
    order[np.argsort(first)] = np.arange(len(first))
    labels: NDArray[np.intp] = order[which]
    return labels
