"""Sums of whole units that may outgrow int64, and amounts of them that a double does not hold: rounded once."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.model.numbers.money import FITS

ROOM = FITS >> 2
"""What counts must stay under for the sum or difference of four to be exact in int64."""
DOUBLE = 2**53
"""Up to here every whole number is a double."""
Floats = NDArray[np.float64]


def whole(counts: Sequence[int]) -> NDArray[Any]:
    """Counts as an array: of int64 where all lie under `ROOM`, else of Python's integers."""
    try:
        column = np.array(counts, dtype=np.int64)
    except OverflowError:
        return np.array(counts, dtype=object)
    return with_room(column)


def with_room(column: NDArray[np.int64]) -> NDArray[Any]:
    """The column, or where it has counts from `ROOM` on, the same as Python's integers."""
    is_small = not len(column) or -ROOM < int(column.min()) <= int(column.max()) < ROOM
    return column if is_small else column.astype(object)


def summable(counts: NDArray[Any]) -> NDArray[Any]:
    """The counts, or where sums of them might leave int64, the same as Python's integers."""
    return counts if _fits(counts, 0) else counts.astype(object)


def quotients(counts: NDArray[Any], one: int) -> Floats:
    """Each count ÷ `one`, a power of ten: the double next to it."""
    if _are_doubles(counts):
        return np.asarray(counts / float(one))
    return np.array([count / one for count in counts.tolist()], dtype=np.float64)


def ratios(numerators: NDArray[Any], divisors: NDArray[Any]) -> Floats:
    """Each exact number ÷ the other: the double next to the ratio."""
    if _are_doubles(numerators) and _are_doubles(divisors):
        return np.asarray(numerators / divisors, dtype=np.float64)
    pairs = zip(numerators.tolist(), divisors.tolist(), strict=True)
    return np.array([float(a / b) for a, b in pairs], dtype=np.float64)


def products(left: NDArray[Any], right: NDArray[Any]) -> Floats:
    """The product of each two exact numbers: the double next to it."""
    if _are_doubles(left) and _are_doubles(right):
        return np.asarray(left.astype(np.float64) * right)
    return np.array([float(a * b) for a, b in zip(left.tolist(), right.tolist(), strict=True)], dtype=np.float64)


def levels(start: int, moves: NDArray[Any], one: int) -> Floats:
    """`start` and what it is after each move, ÷ `one`: the double next to each."""
    if _fits(moves, start):
        return quotients(np.cumsum(np.concatenate([np.array([start]), moves])), one)
    return quotients(np.array(list(accumulate(moves.tolist(), initial=start)), dtype=object), one)


def total(counts: NDArray[Any], one: int) -> float:
    """The sum ÷ `one`: the double next to it."""
    whole_sum = int(counts.sum()) if _fits(counts, 0) else sum(counts.tolist())
    return whole_sum / one


def _are_doubles(counts: NDArray[Any]) -> bool:
    """Whether they are int64, and doubles without rounding."""
    return counts.dtype != object and (not len(counts) or -DOUBLE < int(counts.min()) <= int(counts.max()) < DOUBLE)


def _fits(moves: NDArray[Any], start: int) -> bool:
    """Whether no sum of the first ones of them leaves int64."""
    return moves.dtype != object and abs(start) + float(np.abs(moves).sum(dtype=np.float64)) < FITS
