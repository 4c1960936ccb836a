"""What was traded and what else changed holdings, as whoever matches round trips needs it."""

from fractions import Fraction
from typing import NamedTuple

from weaver.model.account.legs import Worth
from weaver.model.account.opening import Opening


class Deal(NamedTuple):
    """A fill: `units` signed, `price` in price units, `value` (> 0) and `commission` in cash units."""

    symbol: str
    units: int
    price: Worth
    value: int
    commission: int
    number: int
    """Which order it is of, > 0."""
    made: Opening


class HoldingChange(NamedTuple):
    """What no fill did to a holding (`model.account.legs.Changed`)."""

    symbol: str
    kind: str
    fills_before: int
    units: int
    time: int
    """When, ns."""
    ratio: tuple[int, int] = (1, 1)
    step: int = 1
    amount: int = 0
    price: int | Fraction = 0
    at_open: bool = False
    """Of what pays it all out: before the bar that ends at that time."""
