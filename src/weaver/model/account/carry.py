"""What holding costs, as amounts: cash units, 1e-8, half to even."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from weaver.model.account.costs import Costs
from weaver.model.numbers.money import divide_half_even

YEAR_DAYS = 360
"""Days of a year by which interest is shared out, whatever the year: as many brokers in the United States do
of margin interest; of borrow fees it is our convention."""


class CarryKind(StrEnum):
    """What a cash flow is that pays for holding."""

    BORROW_FEE = "borrow_fee"
    MARGIN_INTEREST = "margin_interest"
    FUNDING = "funding"


class Charge(NamedTuple):
    """What holding brought, in cash units: below 0 it was paid. `symbol` is empty of interest on cash."""

    symbol: str
    kind: CarryKind
    amount: int


class NightRates:
    """What an account pays for a night."""

    def __init__(self, costs: Mapping[str, Costs]) -> None:
        """`costs`: of its symbols, in whose order it is charged."""
        self._borrowing = {symbol: Fraction(one.borrow_rate) for symbol, one in costs.items() if one.borrow_rate}
        self._margin_rate = max((Fraction(one.margin_rate) for one in costs.values()), default=Fraction(0))

    def __bool__(self) -> bool:
        return bool(self._borrowing or self._margin_rate)

    def charges(self, days: int, *, cash: int, borrowed: Callable[[str], int]) -> list[Charge]:
        """For so many days, of which none comes to 0. `cash`: what there is before any of it; `borrowed`: what is short
        of a symbol and had to be borrowed is worth, without a sign; 0 where nothing is."""
        found = [
            Charge(symbol, CarryKind.BORROW_FEE, -interest(borrowed(symbol), rate, days))
            for symbol, rate in self._borrowing.items()
        ]
        if cash < 0:
            found.append(Charge("", CarryKind.MARGIN_INTEREST, -interest(-cash, self._margin_rate, days)))
        return [one for one in found if one.amount]


def interest(value: int, rate: Fraction, days: int) -> int:
    """What so many calendar days cost on a value or a debt (cash units, ≥ 0) at a share a year."""
    return divide_half_even(value * rate.numerator * days, rate.denominator * YEAR_DAYS)


def funding_paid(value: int, rate: Fraction) -> int:
    """What the holder of a position worth so much (cash units, negative when short) pays at a funding rate."""
    return divide_half_even(value * rate.numerator, rate.denominator)
