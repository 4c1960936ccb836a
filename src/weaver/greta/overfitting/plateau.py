"""Whether a point of a grid stands on a plateau or on a peak: how the points around it do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.trials import Floats

NEIGHBOURS_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plateau:
    """How the neighbours of a point do. 1.0 is a broad summit; near 0.5 or below it, the point stands alone."""

    score: float
    """The median of the neighbours' ranks: the share of all other trials that a neighbour is better than, 0 to 1."""
    kept: float | None
    """The median of the neighbours' objective ÷ the point's own; None where its own is not above 0."""
    worst: float
    """The lowest objective of a neighbour."""
    neighbours: int


def plateau(
    point: int,
    *,
    positions: Floats,
    objective: Floats,
    radius: float = 1.0,
    choices: NDArray[np.bool_] | None = None,
) -> Plateau | str:
    """How the trials around trial `point` do; or why that cannot be said.

    Args:
        positions: where each trial is on each axis, shape (trials, axes): on a grid the number of its step; of a search
            that draws, the place within the bounds from 0 to 1 (of a log scale, of the logarithms).
        objective: of each trial, shape (trials,), the higher the better; NaN where it failed: never a neighbour's.
        radius: how far a neighbour may be away, on every axis at once: one step of a grid; 0.1 where trials are drawn.
        choices: which axes are choices without an order, shape (axes,): there a neighbour has the same value.
    """
    valid = np.isfinite(objective)
    if not valid[point]:
        return "the trial itself has no objective"
    apart = np.abs(positions - positions[point])
    unordered = np.zeros(apart.shape[1], dtype=np.bool_) if choices is None else choices
    near = valid & (apart <= np.where(unordered, 0.0, radius * (1.0 + 1e-9))).all(axis=1)
    near[point] = False
    count = int(near.sum())
    if count < NEIGHBOURS_LEAST:
        return f"{count} trials are around it: {NEIGHBOURS_LEAST} are the least"
    around, every = objective[near], np.sort(objective[valid])
    below = np.searchsorted(every, around, side="left")
    equal = np.searchsorted(every, around, side="right") - below - 1
    ranks = (below + equal / 2.0) / (len(every) - 1)
    own = float(objective[point])
    return Plateau(
        score=float(np.median(ranks)),
        kept=float(np.median(around)) / own if own > 0.0 else None,
        worst=float(around.min()),
        neighbours=count,
    )
