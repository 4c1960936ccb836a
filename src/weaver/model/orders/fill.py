"""A fill: one execution of an order, and the bar that made it possible."""

from dataclasses import dataclass
from datetime import datetime

from weaver.model.calendar.instants import time_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.actions import Side
from weaver.model.orders.order import Order


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

    @classmethod
    def of(
        cls,
        order: Order,
        *,
        units: int,
        price: int,
        slippage: int,
        commission: int,
        time: int,
        bar_time: int,
        notes: tuple[str, ...],
    ) -> "Fill":
        """A fill of so many units (> 0) of an order, from counts in its scale and instants, ns."""
        scale = order.scale
        return cls(
            order_id=order.id,
            symbol=scale.symbol,
            side=order.side,
            quantity=scale.quantity_decimal(units),
            price=scale.price_decimal(price),
            commission=decimal_of(commission, CASH_DECIMALS),
            slippage=scale.price_decimal(slippage),
            timestamp=time_of(time),
            bar_timestamp=time_of(bar_time),
            notes=notes,
        )
