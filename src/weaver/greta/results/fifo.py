"""Which fills closed what which others had opened: first in, first out, of all symbols and fills at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.exact_shares import share_out
from weaver.greta.ledger.exact_sums import summable

Ints = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """Quantities that one fill opened and another closed, in the order in which that happened, symbol by symbol."""

    rows: Ints
    """Which fill stands at each place: those of a symbol together, in order."""
    entry: Ints
    """The place of the fill that opened each, rising."""
    exit: Ints
    """The place of the fill that closed each, rising."""
    units: NDArray[Any]
    """How many, > 0."""
    are_whole: bool
    """Whether each is all that both its fills filled."""
    are_pairs: bool
    """Whether, moreover, each fill either opened or closed, one after the other."""

    def shares(self, amounts: NDArray[Any], size: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """What each has of an amount of the fill that opened it and of the one that closed it.

        `amounts` and `size`, in units, are of all fills, by row. What a fill closed comes before what it opened."""
        amounts = amounts[self.rows]
        if self.are_whole:
            return amounts[self.entry], amounts[self.exit]
        of = np.concatenate([self.exit, self.entry])
        order = np.argsort(of, kind="stable")
        parts = np.concatenate([self.units, self.units])[order]
        shares = np.empty_like(amounts, shape=len(of))
        shares[order] = share_out(amounts, size[self.rows], parts, of[order])
        return shares[len(self.entry) :], shares[: len(self.exit)]


def matches_of(rows: Ints, symbol: Ints, units: NDArray[Any]) -> Matches:
    """Matches fills, given by row, of these symbols and signed units.

    Longs and shorts need no queues of their own: when a holding passes through zero, all that was opened has been
    closed. So the sums of what was opened and of what was closed rise together, and between two neighbouring steps of
    either lies what one fill opened and one closed. What is still held at the end of a symbol is closed by nobody, so
    that the next symbol begins at zero.
    """
    rows, units = _with_ends(rows, symbol, summable(units))
    count = len(units) // 2 * 2
    size = np.abs(units)
    are_pairs = count == len(units) and not np.any(units[0::2] + units[1::2])
    if are_pairs:  # there is no need to sort
        entry, exit_, some = np.arange(0, count, 2), np.arange(1, count, 2), size[0::2]
    else:
        entry, exit_, some = _between_steps(units, size)
    known = rows[exit_] != NOBODY
    if not known.all():
        entry, exit_, some = entry[known], exit_[known], some[known]
    are_whole = are_pairs or bool(np.all(some == size[entry]) and np.all(some == size[exit_]))
    return Matches(rows=rows, entry=entry, exit=exit_, units=some, are_whole=are_whole, are_pairs=are_pairs)


def _with_ends(rows: Ints, symbol: Ints, units: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Rows and units by symbol, with a fill of nobody's at the end of each symbol that is held."""
    if not len(rows):
        return rows, units
    if np.any(symbol[1:] < symbol[:-1]):
        order = np.argsort(symbol, kind="stable")
        rows, symbol, units = rows[order], symbol[order], units[order]
    begin = np.flatnonzero(np.append(True, symbol[1:] != symbol[:-1]))
    held = np.add.reduceat(units, begin)
    is_open = held != 0
    ends = np.append(begin[1:], len(rows))[is_open]
    return np.insert(rows, ends, NOBODY), np.insert(units, ends, -held[is_open])


def _between_steps(units: NDArray[Any], size: NDArray[Any]) -> tuple[Ints, Ints, NDArray[Any]]:
    """Entries, exits and units of what lies between the steps of what is opened and of what is closed."""
    before = np.cumsum(units) - units
    closing = np.where((units > 0) != (before > 0), np.minimum(size, np.abs(before)), 0)
    opened, closed = np.cumsum(size - closing), np.cumsum(closing)
    steps = np.concatenate([np.zeros(1, dtype=size.dtype), opened, closed])
    steps.sort(kind="stable")
    some = np.diff(steps)
    steps, some = steps[:-1][some > 0], some[some > 0]
    return np.searchsorted(opened, steps, side="right"), np.searchsorted(closed, steps, side="right"), some
