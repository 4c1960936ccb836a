"""The returns of many trials: which of them say anything, and how they are gone through without filling memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Returns = NDArray[np.floating]

CHUNK_VALUES = 1 << 21
"""Values that are worked on at a time: 16 MB of float64."""
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trials:
    """Trials whose returns are all finite and vary."""

    returns: Returns
    """Shape (periods, count); float64, or float32 where memory is short: sums are made in float64 either way."""
    columns: NDArray[np.intp]
    """Which column each was of what was given, shape (count,)."""
    given: int
    """How many columns were given."""

    @property
    def periods(self) -> int:
        return int(self.returns.shape[0])

    @property
    def count(self) -> int:
        return int(self.returns.shape[1])

    def chunks(self) -> Iterator[tuple[slice, Floats]]:
        """A few columns at a time, copied as float64: which, and their returns in shape (periods, columns)."""
        width = max(1, CHUNK_VALUES // max(1, self.periods))
        for start in range(0, self.count, width):
            which = slice(start, min(start + width, self.count))
            yield which, np.array(self.returns[:, which], dtype=np.float64, order="C")


def usable_trials(returns: Returns) -> Trials:
    """The trials among `returns`, shape (periods, trials) or (periods,), that say anything.

    Left out are those with a return that is not a finite number (a trial that failed), and those whose returns are all
    the same but for rounding (one that never traded): neither has a Sharpe ratio.
    """
    table = returns[:, np.newaxis] if returns.ndim == 1 else returns
    everything = Trials(returns=table, columns=np.arange(table.shape[1]), given=table.shape[1])
    good = np.zeros(everything.given, dtype=np.bool_)
    if everything.periods:
        for which, some in everything.chunks():
            finite = np.isfinite(some).all(axis=0)
            low, high = np.where(finite, some, 0.0).min(axis=0), np.where(finite, some, 0.0).max(axis=0)
            good[which] = finite & (high - low > 4.0 * _EPSILON * (1.0 + np.maximum(np.abs(low), np.abs(high))))
    if good.all():
        return everything
    columns = np.flatnonzero(good)
    return Trials(returns=table[:, columns], columns=columns, given=everything.given)


def evenly(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, evenly spread and always the same."""
    return np.arange(count) if count <= most else np.linspace(0, count - 1, most).round().astype(np.intp)
