"""Prices as they were traded, of prices that a source has divided by all splits since.

Yahoo divides the prices of before a split by its ratio, and dividends too, and multiplies volumes by it, whatever is
asked for; only its adjustment for dividends can be left out. Weaver keeps what was traded, and the splits. What Yahoo
has divided it rounds to six decimals, and it sends single precision: AAPL's 28.75 of 1980, 224 shares of now, is
0.12834799289703369. Of all prices that become that, the one with the fewest decimals is taken.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from weaver.model.market.bars import PRICES, Float64, Int64
from weaver.model.market.corporate_actions import Dividend, Split, ex_day

ROUNDING = 0.5e-6
"""What Yahoo's rounding of what it has divided takes away or adds at most."""
DECIMALS_MAX = 12


def factors(days: Int64, splits: Sequence[Split]) -> Float64:
    """How many shares of now a share of each day has become (days since the epoch): the splits after it, multiplied."""
    found = np.ones(len(days))
    for day in np.unique(days).tolist() if splits else ():
        found[days == day] = float(_factor(day, splits))
    return found


def as_traded(columns: Mapping[str, Float64], factor: Float64) -> dict[str, Float64]:
    """Open, high, low, close and volume with the splits taken out again: prices times the factor, volumes over it."""
    traded = {name: shortest(columns[name], factor) for name in PRICES}
    for name, edge in (("high", np.maximum), ("low", np.minimum)):  # each was rounded by itself, and stays where it was
        is_edge = columns[name] == edge.reduce([columns[one] for one in PRICES])
        traded[name] = np.where(is_edge, edge.reduce([traded[one] for one in PRICES]), traded[name])
    volume = columns["volume"]
    traded["volume"] = np.where(factor == 1, volume, np.round(volume / factor))
    return traded


def dividend_as_paid(dividend: Dividend, splits: Sequence[Split]) -> Dividend:
    """What was paid for a share as it stood on its ex-date."""
    factor = np.array([float(_factor(ex_day(dividend), splits))])
    amount = float(shortest(np.array([float(dividend.amount)]), factor)[0])
    return Dividend(ex_date=dividend.ex_date, amount=Decimal(repr(amount)))


def shortest(values: Float64, factor: Float64) -> Float64:
    """The values times their factors: of all that single precision and the rounding of what was divided leave open, the
    one with the fewest decimals."""
    exact = values * factor
    precision = np.spacing(values.astype(np.float32)).astype(np.float64) / 2
    slack = (precision + np.where(factor == 1, 0.0, ROUNDING)) * factor * (1 + 1e-9)
    found, is_open = exact.copy(), np.isfinite(exact)
    for decimals in range(DECIMALS_MAX + 1):
        rounded = np.round(exact, decimals)
        fits = is_open & (np.abs(rounded - exact) <= slack) & (rounded > 0)
        found[fits] = rounded[fits]
        is_open &= ~fits
        if not is_open.any():
            break
    return found


def _factor(day: int, splits: Sequence[Split]) -> Fraction:
    product = Fraction(1)
    for split in splits:
        if ex_day(split) > day:
            product *= split.ratio
    return product
