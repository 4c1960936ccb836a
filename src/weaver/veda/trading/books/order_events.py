"""What a change of an order says in the log."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from weaver.events.payloads import (
    OrderPayload,
    OrdersAccepted,
    OrdersCancelled,
    OrdersCreated,
    OrdersExpired,
    OrdersFilled,
    OrdersPartiallyFilled,
    OrdersRejected,
    OrdersReplaced,
    OrdersSubmitted,
)
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder

_PLAIN = {OrderStatus.SUBMITTED: OrdersSubmitted, OrderStatus.ACCEPTED: OrdersAccepted}
_ENDS = {
    OrderStatus.CANCELLED: OrdersCancelled,
    OrderStatus.REJECTED: OrdersRejected,
    OrderStatus.EXPIRED: OrdersExpired,
}


def created(order: LiveOrder) -> OrderPayload:
    """It was written down."""
    return OrdersCreated(
        **_facts(order, order.placed_at),
        order_type=order.order_type,
        order_class=order.order_class,
        time_in_force=order.tif,
        expires=order.expires,
        limit_price=order.limit,
        stop_price=order.stop,
    )


def moved(before: LiveOrder, after: LiveOrder, fills: tuple[LiveFill, ...]) -> Iterator[OrderPayload]:
    """What became of it, and the fills that did it."""
    filled = before.filled
    for fill in fills:
        filled += fill.quantity
        kind = OrdersFilled if filled >= after.quantity else OrdersPartiallyFilled
        facts = _facts(after, fill.filled_at) | {"filled_quantity": filled}
        yield kind(
            **facts,
            fill_id=fill.id,
            fill_quantity=fill.quantity,
            price=fill.price,
            commission=fill.commission,
            liquidity=fill.liquidity,
        )
    if after.status is not before.status:
        if (plain := _PLAIN.get(after.status)) is not None:
            yield plain(**_facts(after, after.updated_at))
        elif (end := _ENDS.get(after.status)) is not None:
            yield end(**_facts(after, after.updated_at), reason=after.reason)
    if after.replaced_by is not None and before.replaced_by is None:
        yield OrdersReplaced(**_facts(after, after.updated_at), replaced_by=after.replaced_by)


def _facts(order: LiveOrder, time: datetime) -> dict[str, str | Decimal | datetime | None]:
    return {
        "run_id": order.run_id,
        "order_id": order.id,
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side,
        "quantity": order.quantity,
        "filled_quantity": order.filled,
        "status": order.status,
        "time": time,
    }
