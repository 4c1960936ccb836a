"""What became of orders."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from weaver.events.payloads.base import Amount, Payload


def _is_none(value: object) -> bool:
    return value is None


def _is_false(value: object) -> bool:
    return value is False


class OrderPayload(Payload):
    """An order's state after something happened to it."""

    run_id: str | None
    """None: a manual order."""
    order_id: str
    client_order_id: str | None = None
    symbol: str
    side: str
    quantity: Amount | None
    filled_quantity: Amount = Decimal(0)
    status: str
    time: datetime | None = None
    """When it happened, in the run's time."""
    venue: str | None = Field(None, exclude_if=_is_none)
    """Where it trades, on paper and live; it, and what else only a venue has, is left out of a backtest's."""
    mode: str | None = Field(None, exclude_if=_is_none)
    account: str | None = Field(None, exclude_if=_is_none)


class OrderReasonPayload(OrderPayload):
    reason: str = ""


class OrderFillPayload(OrderPayload):
    fill_id: str
    fill_quantity: Amount
    price: Amount
    commission: Amount
    slippage: Amount = Decimal(0)
    """Per unit; positive where it cost."""
    exchange_fill_id: str | None = Field(None, exclude_if=_is_none)
    """The venue's; `inferred:…` where it only said how much has filled."""
    fee_quantity: Amount | None = Field(None, exclude_if=_is_none)
    """What the venue took of the asset itself."""
    liquidity: str | None = Field(None, exclude_if=_is_none)
    is_late: bool = Field(False, exclude_if=_is_false)
    """It came after the order had ended for us, or past what was ordered."""


class OrdersCreated(OrderPayload):
    type = "orders.Created"
    order_type: str
    order_class: str = "simple"
    time_in_force: str = "day"
    expires: date | None = None
    """The last session that a gtd order works in."""
    limit_price: Amount | None = None
    stop_price: Amount | None = None


class OrdersSubmitted(OrderPayload):
    """It is about to be sent: the venue hears of it after this was committed."""

    type = "orders.Submitted"


class OrdersAccepted(OrderPayload):
    type = "orders.Accepted"
    venue_order_id: str | None = Field(None, exclude_if=_is_none)
    """The venue's own id for it."""


class OrdersPartiallyFilled(OrderFillPayload):
    type = "orders.PartiallyFilled"


class OrdersFilled(OrderFillPayload):
    type = "orders.Filled"


class OrdersCancelled(OrderReasonPayload):
    type = "orders.Cancelled"


class OrdersRejected(OrderReasonPayload):
    type = "orders.Rejected"


class OrdersExpired(OrderReasonPayload):
    type = "orders.Expired"


class OrderWarning(StrEnum):
    """What somebody should look at."""

    CANCEL_NOT_CONFIRMED = "cancel_not_confirmed"
    """The venue was asked to cancel it, again and again, and it stays."""
    EXIT_REFUSED = "exit_refused"
    """An order that was to close came to nothing, and the position stays."""
    POSITION_CLOSED = "position_closed"
    """No exit could be placed for a position: this order closes it instead."""
    ENTRY_IN_THE_WAY = "entry_in_the_way"
    """It is cancelled, as another's exit goes before it."""
    FILL_CAME_LATE = "fill_came_late"
    """It has filled after it was over, or by more than was ordered: the fill is booked."""
    ORDER_ID_OF_ANOTHER = "order_id_of_another"
    """The venue has another order under its id, which is left alone; this one is not sent again."""


class OrdersWarned(Payload):
    """An order is not as whoever placed it would think; in paper and live trading only."""

    type = "orders.Warned"
    run_id: str | None
    order_id: str
    account: str
    symbol: str
    warning: OrderWarning
    reason: str
    """In one line, for people."""
    time: datetime


class OrdersReplaced(OrderPayload):
    type = "orders.Replaced"
    replaced_by: str
