"""How far, and for how long, a curve lies below its former peak."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.equity.equity_pieces import EquityPieces, extremes

Floats = NDArray[np.float64]
Sessions = NDArray[np.integer]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The deepest and the longest fall of a curve; they need not be the same one."""

    depth: float
    """Value ÷ former peak - 1 at its lowest: 0.0, or negative."""
    days: int
    """Calendar days from a peak to the first row that reaches it again, or to the last row."""


def drawdown(equity: Floats, initial_equity: float) -> Floats:
    """Equity ÷ its highest value so far - 1, never above 0; the initial cash counts as a peak.

    Of one curve, shape [n], or of several, shape [curves, n].
    """
    return equity / _peaks(equity, initial_equity) - 1.0


def max_drawdown(equity: Floats, initial_equity: float) -> float:
    """The lowest point of `drawdown`, at most 0.0; `equity` has at least one value."""
    return float((equity / _peaks(equity, initial_equity)).min()) - 1.0


def worst(*, session: Sessions, first_rows: Rows, equity: Floats | EquityPieces, initial_equity: float) -> Worst:
    """Depth and duration over every row, reading the rows twice and looking closely only where it matters.

    `session` (days since the epoch, non-decreasing, shape [n >= 1]) dates the rows, `first_rows` holds the index at
    which each session begins. The initial cash is a peak dated as the first row.
    """
    highest, lowest = extremes(equity, first_rows)
    peak = np.maximum(np.maximum.accumulate(highest), initial_equity)
    peak_before = np.concatenate(([initial_equity], peak[:-1]))
    return Worst(
        depth=_depth(first_rows, equity, lowest, peak, peak_before),
        days=_days(session, first_rows, equity, highest, peak, peak_before),
    )


def _peaks(equity: Floats, initial_equity: float) -> Floats:
    return np.maximum(np.maximum.accumulate(equity, axis=-1), initial_equity)


def _depth(first_rows: Rows, equity: Floats | EquityPieces, lowest: Floats, peak: Floats, peak_before: Floats) -> float:
    """A session's low against the peak before it is reached for certain; against its own peak it is a bound only."""
    known = min(float((lowest / peak_before).min()), 1.0)
    bound = lowest / peak
    candidates = np.flatnonzero(bound < known)
    end_rows = np.append(first_rows[1:], len(equity))
    for i in candidates[np.argsort(bound[candidates])]:
        if bound[i] >= known:
            break
        rows = equity[first_rows[i] : end_rows[i]]
        known = min(known, float((rows / _peaks(rows, float(peak_before[i]))).min()))
    return known - 1.0


def _days(
    session: Sessions,
    first_rows: Rows,
    equity: Floats | EquityPieces,
    highest: Floats,
    peak: Floats,
    peak_before: Floats,
) -> int:
    """Only the first and the last row at the peak within a session can bound a fall that lasts past its date."""
    dates = session[first_rows]
    at_peak = np.flatnonzero(highest >= peak_before)
    days = np.diff(np.concatenate((dates[:1], dates[at_peak], dates[-1:])))
    touching = np.diff(at_peak) == 1  # neighbouring sessions: was there a row below the peak between them?
    left, right = at_peak[:-1][touching], at_peak[1:][touching]
    unbroken = (equity[first_rows[right] - 1] >= peak[left]) & (equity[first_rows[right]] >= peak_before[right])
    days[1:-1][np.flatnonzero(touching)[unbroken]] = 0
    return int(days.max())
