"""A fill: one execution of an order, and the bar that made it possible."""

from dataclasses import dataclass
from datetime import datetime

from weaver.model.numbers.amount import Amount
from weaver.model.orders.actions import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """`price` is after slippage; `slippage` is per unit, positive when it cost; `commission` is for the whole fill."""

    order_id: str
    symbol: str
    side: Side
    quantity: Amount
    price: Amount
    commission: Amount
    slippage: Amount
    timestamp: datetime
    bar_timestamp: datetime
    notes: tuple[str, ...] = ()
