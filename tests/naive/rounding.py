"""The four ways in which a number is rounded."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

CASH_STEP = Decimal("0.00000001")
PRECISION = 60
"""Digits of the decimal context of a run: far more than any amount here has, so that only these functions round."""


def to_cash(value: Decimal) -> Decimal:
    """To 1e-8, half to even."""
    return value.quantize(CASH_STEP, rounding=ROUND_HALF_EVEN)


def to_nearest(value: Decimal, step: Decimal) -> Decimal:
    """To the nearest multiple of `step`, half to even."""
    return (value / step).to_integral_value(rounding=ROUND_HALF_EVEN) * step


def toward_zero(value: Decimal, step: Decimal) -> Decimal:
    """Cut toward zero to a multiple of `step`."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def away_from_filling(limit: Decimal, step: Decimal, side: int) -> Decimal:
    """A buy limit down to a multiple of `step`, a sell limit up."""
    rounding = ROUND_FLOOR if side > 0 else ROUND_CEILING
    return (limit / step).to_integral_value(rounding=rounding) * step
