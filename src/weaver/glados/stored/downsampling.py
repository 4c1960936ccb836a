"""Which points of a curve are sent where fewer are wanted than there are."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.report.sampling import extreme_rows

POINTS_MIN = 2


def downsampled_rows(columns: list[NDArray[np.float64]], points: int) -> NDArray[np.intp]:
    """At most `points` (2 or more) rows of columns of one length, in order: the first, the last, and the highest and
    the lowest of every column in each of many stretches. So few that not even one stretch fits are evenly spaced; all
    rows where there are no more."""
    count = len(columns[0])
    if count <= points or points >= 2 + 2 * len(columns):
        return extreme_rows(columns, points)
    return np.linspace(0, count - 1, points).round().astype(np.intp)
