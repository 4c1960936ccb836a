"""A fill: one execution of an order, and the bar that made it possible."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from weaver.model.actions import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """`price` is after slippage; `slippage` is per unit, positive when it cost; `commission` is for the whole fill."""

    order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal
    timestamp: datetime
    bar_timestamp: datetime
    notes: tuple[str, ...] = ()
