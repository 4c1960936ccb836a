"""Amounts shared out among the parts of what they were paid for, one part after the other, with nothing lost."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.model.numbers.money import FITS, divide_half_even

Ints = NDArray[np.int64]
FEW = 16
"""Up to so many are shared out faster one by one than as columns."""


def share_out(amounts: NDArray[Any], wholes: NDArray[Any], parts: NDArray[Any], of: Ints) -> NDArray[Any]:
    """What each part gets of the amount of the whole it is a part of, to the last unit.

    Each gets what it is of all that the ones before it left, half-even; so the last part of a whole gets the rest.

    Args:
        amounts: of each whole, int64 or Python's integers; so are all counts here.
        wholes: how many units each has, > 0.
        parts: units, > 0; those of a whole come to no more than it has.
        of: the index of the whole that each part is of, rising.
    """
    shares = amounts[of]  # right where a part is all of its whole
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1])) if len(of) else np.empty(0, dtype=np.int64)
    end = np.append(first[1:], len(of))
    divided = parts[first] != wholes[of[first]]
    at, end = first[divided], end[divided]
    amount, left = shares[at], wholes[of[at]]
    if parts.dtype != object and _fits(amount, left):
        while len(at) > FEW:
            share = _pro_rata(amount, parts[at], left)
            shares[at] = share
            has_more = at + 1 < end
            amount, left = (amount - share)[has_more], (left - parts[at])[has_more]
            at, end = (at + 1)[has_more], end[has_more]
    for begin, stop, count, units in zip(*(column.tolist() for column in (at, end, amount, left)), strict=True):
        shares[begin:stop] = _one_by_one(count, units, parts[begin:stop].tolist())
    return shares


def _fits(amounts: NDArray[Any], wholes: NDArray[Any]) -> bool:
    """Whether `_pro_rata` is exact: its first guess is off by so few that what is left over stays in int64."""
    if object in (amounts.dtype, wholes.dtype) or not len(amounts):  # no set: a dtype equals its type, but not by hash
        return False
    off = float(np.abs(amounts).max()) * 2.0**-50 + 2.0
    return off * float(wholes.max()) < FITS


def _pro_rata(amounts: Ints, parts: Ints, wholes: Ints) -> Ints:
    """amount x part ÷ whole, half-even. The product may leave int64; what it has more than the guess does not."""
    guess = np.rint(amounts * (parts / wholes)).astype(np.int64)
    more, rest = np.divmod(amounts * parts - guess * wholes, wholes)
    share, twice = guess + more, 2 * rest
    found: Ints = share + ((twice > wholes) | ((twice == wholes) & (share & 1 == 1)))
    return found


def _one_by_one(amount: int, whole: int, parts: list[int]) -> list[int]:
    """The same for the parts of one whole, of any size."""
    shares = []
    for part in parts:
        shares.append(divide_half_even(amount * part, whole))
        amount, whole = amount - shares[-1], whole - part
    return shares
