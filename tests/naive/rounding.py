"""The ways in which a number is rounded."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

Exact = Decimal | Fraction
CASH_STEP = Decimal("0.00000001")
SIGNIFICANT = 8
PRECISION = 100
"""Digits of the decimal context of a run: far more than any amount here has, so that only these functions round."""


def to_cash(value: Exact) -> Decimal:
    """To 1e-8, half to even."""
    if isinstance(value, Fraction):
        return round(value * 10**8) * CASH_STEP
    return value.quantize(CASH_STEP, rounding=ROUND_HALF_EVEN)


def worth(quantity: Decimal, price: Exact) -> Decimal:
    """What so many units are worth at a price, to 1e-8, half to even."""
    if isinstance(price, Fraction):
        return to_cash(Fraction(quantity) * price)
    return to_cash(quantity * price)


def fine_step(price: Decimal) -> Decimal:
    """1e-8, or where its eighth significant digit stands if that is finer."""
    return min(CASH_STEP, Decimal(1).scaleb(price.adjusted() - SIGNIFICANT + 1))


def to_price(price: Decimal) -> Decimal:
    """To 1e-8 or eight significant digits, whichever is finer, half to even."""
    return to_nearest(price, fine_step(price))


def to_nearest(value: Exact, step: Decimal) -> Decimal:
    """To the nearest multiple of `step`, half to even."""
    if isinstance(value, Fraction):
        return round(value / Fraction(step)) * step
    return (value / step).to_integral_value(rounding=ROUND_HALF_EVEN) * step


def toward_zero(value: Decimal, step: Decimal) -> Decimal:
    """Cut toward zero to a multiple of `step`."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def away_from_filling(limit: Decimal, step: Decimal, side: int) -> Decimal:
    """A buy limit down to a multiple of `step`, a sell limit up."""
    rounding = ROUND_FLOOR if side > 0 else ROUND_CEILING
    return (limit / step).to_integral_value(rounding=rounding) * step
