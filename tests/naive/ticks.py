"""What prices of orders are rounded to."""

from decimal import Decimal
from typing import NamedTuple

from tests.naive.rounding import Exact
from tests.naive.scenario import NaiveSymbol

NOISE_FROM, NOISE = 16, 17
"""A price with so many significant digits is a float's noise, and counts as having as many as a float can have."""
TICKS = {
    "stock": (Decimal("0.01"), Decimal("0.0001")),
    "crypto": (Decimal("0.00000001"), Decimal("0.00000001")),
    "future": (Decimal("0.01"), Decimal("0.0001")),
    "fx": (Decimal("0.00001"), Decimal("0.00001")),
}
"""Without facts, at a dollar and over, and under it."""


class Ticks(NamedTuple):
    """The ticks of a symbol: of prices from 1 on, and of prices under 1."""

    from_one: Decimal
    under_one: Decimal

    def at(self, price: Exact) -> Decimal:
        """The tick that holds at a price."""
        return self.from_one if price >= 1 else self.under_one

    @classmethod
    def of(cls, symbol: NaiveSymbol) -> "Ticks":
        """The tick that was given; without one the class's, never coarser than the bars' decimals."""
        if symbol.tick is not None:
            return cls(symbol.tick, symbol.tick)
        prices = {price for bar in symbol.bars for price in (bar.open, bar.high, bar.low, bar.close)}
        finest = Decimal(1).scaleb(-max(decimals(price) for price in prices))
        from_one, under_one = TICKS[symbol.asset_class]
        return cls(min(from_one, finest), min(under_one, finest))


def decimals(price: Decimal) -> int:
    """How many digits a price has after its point."""
    plain = price.normalize()
    digits = len(plain.as_tuple().digits)
    if digits >= NOISE_FROM:
        return max(0, NOISE - 1 - plain.adjusted())
    return max(0, digits - 1 - plain.adjusted())
