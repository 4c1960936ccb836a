"""Whether a strategy's own indicators look ahead: each is computed again on prefixes of its inputs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series import Series

ROUNDING = 1e-12
"""Relative differences up to this are rounding."""


class Difference(NamedTuple):
    """Where an indicator's value depends on bars that had not closed."""

    label: str
    time: int
    """The closing instant of the bar whose value differs, ns."""
    whole: float
    """What the run saw."""
    cut: float
    """What can be known without later bars."""


def first_difference(series: Series, moments: Sequence[int]) -> Difference | None:
    """Compute a series on its inputs cut at each moment (ns), and compare it with what the run saw. None: all the same."""
    line = series.timeline
    counts = np.unique(np.searchsorted(line.ends, np.asarray(moments, dtype=np.int64), side="right"))
    for count in counts[counts > 0].tolist():
        stretch = line.stretch_of(count - 1)
        whole = series.evaluate(stretch)[:count]
        inputs = [series.input_values(node, stretch)[:count].copy() for node in series.inputs]
        cut = np.asarray(series.function(*inputs), dtype=np.float64)
        at = _first_unequal(whole, cut)
        if at is not None:
            return Difference(series.label, int(line.ends[at]), float(whole[at]), float(cut[at]))
    return None


def _first_unequal(whole: NDArray[np.float64], cut: NDArray[np.float64]) -> int | None:
    defined = ~np.isnan(whole)
    unequal = defined != ~np.isnan(cut)
    with np.errstate(invalid="ignore"):
        unequal |= defined & (np.abs(whole - cut) > ROUNDING * np.maximum(np.abs(whole), np.abs(cut)))
    where = np.flatnonzero(unequal)
    return int(where[0]) if len(where) else None
