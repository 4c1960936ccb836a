"""Exact numbers: reading them from what a person writes, and rounding them once."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InvalidOrder
from weaver.model.numbers.amount import Amount

Number = int | float | str | Decimal
CASH_DECIMALS = 8
CASH_ONE: int = 10**CASH_DECIMALS
KEPT_DECIMALS = 18
"""What a database has room for behind the point (NUMERIC(38,18))."""
FITS: int = 2**62
"""What a number must stay under for int64 arithmetic to be exact, twice it included."""
PRICE_MIN, PRICE_LIMIT = Decimal("1e-18"), Decimal("1e20")
"""The least price there can be, and what every one is under: what a database has room for (NUMERIC(38,18))."""
_UNROUNDED = Context(prec=100_000)
_LAST_KEPT = Decimal(1).scaleb(-KEPT_DECIMALS)
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def exact(value: Number, *, name: str) -> Decimal:
    """The finite decimal that `value` says; a float is read by its `repr`. Raises InvalidOrder."""
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise InvalidOrder(f"{name} must be a number, not {value!r}")
    try:
        number = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as error:
        raise InvalidOrder(f"{name} must be a number, not {value!r}") from error
    if not number.is_finite():
        raise InvalidOrder(f"{name} must be finite, not {value}")
    return number


def kept(value: Decimal) -> Decimal:
    """An amount as exactly as a database keeps it, half to even: a price times a small quantity has more decimals."""
    exponent = value.as_tuple().exponent
    return _WIDE.quantize(value, _LAST_KEPT) if isinstance(exponent, int) and exponent < -KEPT_DECIMALS else value


def divide_half_even(numerator: int, divisor: int) -> int:
    """`numerator / divisor` to the nearest integer, ties to the even one; `divisor` > 0."""
    quotient, rest = divmod(numerator, divisor)
    twice = 2 * rest
    if twice > divisor or (twice == divisor and quotient & 1):
        return quotient + 1
    return quotient


def divide_half_even_all(numerators: NDArray[np.int64], divisor: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """`divide_half_even` of many, by one divisor or one each, int64[n]."""
    if isinstance(divisor, int) and divisor == 1:
        return numerators
    quotients, rests = np.divmod(numerators, divisor)
    twice = 2 * rests
    quotients += (twice > divisor) | ((twice == divisor) & (quotients & 1 == 1))
    return quotients


def truncate(value: int, step: int) -> int:
    """`value` cut toward zero to a multiple of `step` > 0."""
    return value // step * step if value >= 0 else -(-value // step * step)


def decimal_of(units: int, decimals: int) -> Amount:
    """The decimal that `units` of 10^-decimals stand for, exactly (no context rounding)."""
    return Amount(Decimal(units).scaleb(-decimals, _UNROUNDED) if decimals else units)


def units_of(value: Decimal, decimals: int) -> int:
    """How many units of 10^-decimals a decimal has, of all its digits; what is left of one is cut off."""
    return int(value.scaleb(decimals, _UNROUNDED))


def plain(value: Decimal) -> str:
    """The decimal string of JSON: no exponent, no trailing zeros, `0` for zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def decimals_of(value: Decimal) -> int:
    """How many digits stand after the point of `value`, trailing zeros not counted."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
