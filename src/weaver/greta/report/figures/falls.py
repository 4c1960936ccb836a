"""The deepest falls of a curve under its former peak."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """From a peak to the row that reaches it again. Rows are indices; -1 is the initial cash."""

    start: int
    bottom: int
    end: int | None
    """None: not made good by the last row."""
    depth: float
    """Negative: value ÷ peak − 1 at the bottom."""
    days: int
    """Calendar days from the peak to its being reached again, or to the last row."""


def deepest_falls(
    session: NDArray[np.integer[Any]], equity: NDArray[np.float64], initial_equity: float, count: int
) -> list[Fall]:
    """At most `count` falls that do not overlap, the deepest first; columns of one length. `session` dates the
    rows, in days since the epoch, not falling: `max_drawdown_days` goes by it too."""
    peaks = np.maximum.accumulate(np.maximum(equity, initial_equity))
    below = equity < peaks
    edges = np.flatnonzero(np.diff(below, prepend=False, append=False))
    found = []
    for first, stop in edges.reshape(-1, 2).tolist():
        bottom = first + int(np.argmin(equity[first:stop]))
        start, end = first - 1, stop if stop < len(equity) else None
        since, until = session[max(start, 0)], session[-1 if end is None else end]
        depth = float(equity[bottom] / peaks[bottom]) - 1.0
        found.append(Fall(start=start, bottom=bottom, end=end, depth=depth, days=int(until - since)))
    return sorted(found, key=lambda fall: fall.depth)[:count]
