"""How a live account counts: as finely as a database keeps amounts, so that whatever a venue says is exact."""

from decimal import Decimal
from fractions import Fraction

from weaver.model.numbers.money import CASH_DECIMALS, CASH_ONE, KEPT_DECIMALS, decimal_of, divide_half_even, units_of
from weaver.model.numbers.scale import Scale
from weaver.veda.positions.contract import PLAIN, Contract

DECIMALS = KEPT_DECIMALS
"""Of prices and quantities; cash is counted in 1e-8, as in a backtest."""
_ONE = 10**DECIMALS


def fine_scale(symbol: str, contract: Contract = PLAIN) -> Scale:
    """A scale on which a backtest's figures come out the same, as no amount of cash is rounded by a price's or a
    quantity's decimals."""
    per_cash = Fraction(10 ** (2 * DECIMALS - CASH_DECIMALS)) / Fraction(contract.multiplier)
    margin, maintained = contract.margin, contract.maintenance_margin
    return Scale(
        symbol=symbol,
        price_decimals=DECIMALS,
        quantity_decimals=DECIMALS,
        price_one=_ONE,
        quantity_one=_ONE,
        tick=1,
        tick_under_one=1,
        lot=1,
        least_whole=1,
        minimum=1,
        notional_divisor=per_cash.numerator,
        notional_factor=per_cash.denominator,
        multiplier=contract.multiplier,
        margin=None if margin is None else cash_units(margin),
        maintenance_margin=None if maintained is None else cash_units(maintained),
    )


def fine(value: Decimal) -> int:
    """Units of a price or a quantity."""
    return units_of(value, DECIMALS)


def cash_units(value: Decimal) -> int:
    """Units of an amount of cash, half to even."""
    return rounded(Fraction(value) * CASH_ONE)


def rounded(value: Fraction) -> int:
    """To the nearest whole, ties to the even one."""
    return divide_half_even(value.numerator, value.denominator)


def cash(units: int) -> Decimal:
    """An amount of cash."""
    return Decimal(decimal_of(units, CASH_DECIMALS))


def decimal(units: int) -> Decimal:
    """The price or quantity of so many units."""
    return Decimal(decimal_of(units, DECIMALS))
