"""What holding costs, as amounts: cash units, 1e-8, half to even."""

from enum import StrEnum
from fractions import Fraction

from weaver.model.numbers.money import divide_half_even

YEAR_DAYS = 360
"""Days of a year by which interest is shared out, whatever the year: as brokers in the United States do."""


class CarryKind(StrEnum):
    """What a cash flow is that pays for holding."""

    BORROW_FEE = "borrow_fee"
    MARGIN_INTEREST = "margin_interest"
    FUNDING = "funding"


def interest(value: int, rate: Fraction, days: int) -> int:
    """What so many calendar days cost on a value or a debt (cash units, > 0) at a share a year."""
    return divide_half_even(value * rate.numerator * days, rate.denominator * YEAR_DAYS)


def funding_paid(value: int, rate: Fraction) -> int:
    """What the holder of a position worth so much (cash units, negative when short) pays at a funding rate."""
    return divide_half_even(value * rate.numerator, rate.denominator)
