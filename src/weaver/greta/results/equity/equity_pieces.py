"""Equity that is known by pieces: between two fills it goes with one symbol's close."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.integer] | slice


class EquityPieces:
    """Equity at each row of a run of one symbol, held · close · multiplier + cash, without ever making all rows.

    Each value is, to the last bit, what it is among all rows: within a piece it rises or falls with the close, also as
    it is rounded, so that its extremes are those of the close.
    """

    def __init__(
        self, close: Floats, starts: NDArray[np.int64], held: Floats, cash: Floats, *, multiplier: float
    ) -> None:
        """`close`: of each row, shape [n]. `starts`: the row at which each piece begins, rising, the first 0; `held`
        (in units of the instrument) and `cash`: of each piece."""
        self._close, self._starts, self._held, self._cash = close, starts, held, cash
        self._multiplier = multiplier

    def __len__(self) -> int:
        return len(self._close)

    def __getitem__(self, rows: Rows) -> Floats:
        """The equity at some rows."""
        at = np.arange(*rows.indices(len(self))) if isinstance(rows, slice) else rows
        return self._of(self._piece_of(at), self._close[at])

    @property
    def exposed_rows(self) -> int:
        """At how many rows something is held."""
        lengths = np.diff(self._starts, append=len(self))
        return int(lengths[self._held != 0.0].sum())

    def extremes(self, first_rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The highest and the lowest of the rows from each of these to before the next."""
        bounds = np.sort(np.concatenate((first_rows, self._starts)))
        bounds = bounds[np.diff(bounds, prepend=-1) > 0]  # each once; np.unique takes several times as long
        pieces = self._piece_of(bounds)
        one = self._of(pieces, np.maximum.reduceat(self._close, bounds))
        other = self._of(pieces, np.minimum.reduceat(self._close, bounds))
        at = np.searchsorted(bounds, first_rows)
        highest: Floats = np.maximum.reduceat(np.maximum(one, other), at)
        lowest: Floats = np.minimum.reduceat(np.minimum(one, other), at)
        return highest, lowest

    def _piece_of(self, rows: NDArray[np.integer]) -> NDArray[np.intp]:
        return np.searchsorted(self._starts, rows, side="right") - 1

    def _of(self, pieces: NDArray[np.intp], close: Floats) -> Floats:
        worth = self._held[pieces] * close
        if self._multiplier != 1:
            worth *= self._multiplier
        worth += self._cash[pieces]
        return worth


def extremes(equity: Floats | EquityPieces, first_rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """The highest and the lowest of the rows from each of these to before the next."""
    if isinstance(equity, EquityPieces):
        return equity.extremes(first_rows)
    return np.maximum.reduceat(equity, first_rows), np.minimum.reduceat(equity, first_rows)
