"""What an order asks for, as a request says it."""

from dataclasses import dataclass
from decimal import Decimal

from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLoss:
    """The stop of a bracket, oco or oto; with a limit it is a stop-limit."""

    stop_price: Decimal
    limit_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Either `qty` or `notional` is given."""

    symbol: str
    side: Side
    type: OrderType
    tif: TimeInForce
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Decimal | None = None
    stop_loss: StopLoss | None = None
    position_intent: str | None = None

    @property
    def is_fractional(self) -> bool:
        """It asks for a part of a share, or for an amount of money."""
        return self.notional is not None or (self.qty is not None and self.qty % 1 != 0)

    @property
    def is_complex(self) -> bool:
        """It brings legs along."""
        return self.order_class is not OrderClass.SIMPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a replacement asks for; None stays as it was."""

    qty: Decimal | None = None
    tif: TimeInForce | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None
    client_order_id: str | None = None
