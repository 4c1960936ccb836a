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
    """One execution: of an order, wholly or in part. Times are aware, in UTC."""

    order_id: str
    """The `id` of its order."""
    symbol: str
    """What was traded."""
    side: Side
    """`buy` or `sell`."""
    quantity: Amount
    """How much filled; always above 0."""
    price: Amount
    """What a unit was traded at, after slippage."""
    commission: Amount
    """For the whole fill, in the run's currency."""
    slippage: Amount
    """Per unit, in the price's unit; above 0 when it cost."""
    timestamp: datetime
    """When it filled: its bar's start for a fill at the open (of a daily bar: its session's open), else its bar's
    end."""
    bar_timestamp: datetime
    """The start of the bar that made it possible."""
    notes: tuple[str, ...] = ()
    """What was special about it, as `resized` (a target cut to what could be paid), `capped`, `both_touched`."""

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
