"""How many decimals the prices of data have: what they are counted in, and what orders are rounded to without facts."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from weaver.model.numbers.money import decimals_of

EXACT_BELOW = 10**15
"""Up to 15 significant digits a float and its decimal determine each other (IEEE 754 binary64)."""
EXACT_TENS = 22
"""Up to here a power of ten is a float."""
_NOISE_DIGITS = 17
_CHUNK = 32_768
_FIRST = 16
_TENS = 10.0 ** np.arange(EXACT_TENS + 1)


def price_decimals(columns: Sequence[NDArray[np.float64]]) -> int:
    """The most decimals that a price of these columns has; all are above 0.

    A price of over 15 significant digits is a float's noise, as adjusting leaves it, and counts as one of 17.
    """
    found = _with(0, np.concatenate([column[:_FIRST] for column in columns]))  # nearly always those of all
    spare = np.empty(min(_CHUNK, max(map(len, columns))))
    highest = max(float(column.max()) for column in columns)
    for column in columns:
        for start in range(0, len(column), _CHUNK):
            prices = column[start : start + _CHUNK]
            if not _all_have(prices, found, highest, spare[: len(prices)]):
                found = _with(found, prices)
    return found


def _all_have(prices: NDArray[np.float64], decimals: int, highest: float, spare: NDArray[np.float64]) -> bool:
    """Whether they surely are numbers of at most so many decimals: the quick way for all but the first few."""
    if decimals > EXACT_TENS or highest * _TENS[decimals] >= EXACT_BELOW:
        return False
    np.multiply(prices, _TENS[decimals], out=spare)
    np.rint(spare, out=spare)
    np.divide(spare, _TENS[decimals], out=spare)
    return bool((spare == prices).all())


def _with(found: int, prices: NDArray[np.float64]) -> int:
    """`found`, or what these prices have if it is more."""
    if found >= _possible(prices.min()):
        return found
    rest = prices[~_has(prices, min(found, EXACT_TENS))]
    for decimals in range(EXACT_TENS + 1):
        if not len(rest):
            return found
        left = rest[~_has(rest, decimals)]
        if len(left) < len(rest):
            found = max(found, decimals)
        rest = left
    for price in np.sort(rest):  # the least can have the most: few are looked at
        if found >= _possible(price):
            break
        found = max(found, _decimals(price))
    return found


def _has(prices: NDArray[np.float64], decimals: int) -> NDArray[np.bool_]:
    """Which prices are numbers of at most so many decimals and 15 digits."""
    counted = np.rint(prices * _TENS[decimals])
    found: NDArray[np.bool_] = (counted / _TENS[decimals] == prices) & (counted < EXACT_BELOW)
    return found


def _possible(price: np.float64) -> int:
    """The most decimals that a float from here on can have."""
    return _NOISE_DIGITS - 1 - Decimal(repr(float(price))).adjusted()


def _decimals(price: np.float64) -> int:
    number = Decimal(repr(float(price))).normalize()
    return _possible(price) if len(number.as_tuple().digits) > 15 else decimals_of(number)
