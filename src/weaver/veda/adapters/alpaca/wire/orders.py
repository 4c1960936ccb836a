"""Orders, executions and updates, as Alpaca writes them, made ours."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.veda.adapters.alpaca.wire.statuses import CANCEL_ASKED, status_of
from weaver.veda.adapters.alpaca.wire.values import Json, amount, flag, moment, number, records, text, word
from weaver.veda.exchange.orders import OrderUpdate, VenueFill, VenueOrder

ASSET_CLASSES: Mapping[str, AssetClass] = {"us_equity": AssetClass.STOCK, "crypto": AssetClass.CRYPTO}
_ENDS = ("filled_at", "canceled_at", "replaced_at", "expired_at", "failed_at")
FILLS = frozenset({"fill", "partial_fill"})


def order_of(record: Json) -> VenueOrder | None:
    """The order that a record shows; None where it has no id or no status: such a record says nothing."""
    venue_id, venue_status = text(record, "id"), text(record, "status")
    if not venue_id or not venue_status:
        return None
    filled, quantity = amount(record, "filled_qty"), number(record, "qty")
    status, is_understood = status_of(venue_status, filled=filled, quantity=quantity)
    return VenueOrder(
        venue_id=venue_id,
        client_order_id=text(record, "client_order_id"),
        symbol=text(record, "symbol"),
        asset_class=ASSET_CLASSES.get(text(record, "asset_class")),
        side=word(Side, record, "side"),
        order_type=word(OrderType, record, "type") or word(OrderType, record, "order_type"),
        order_class=_class_of(record),
        tif=word(TimeInForce, record, "time_in_force"),
        quantity=quantity,
        notional=number(record, "notional"),
        filled_quantity=filled,
        average_price=number(record, "filled_avg_price"),
        limit=number(record, "limit_price"),
        stop=number(record, "stop_price"),
        trail=number(record, "trail_price"),
        trail_percent=number(record, "trail_percent"),
        extended_hours=flag(record, "extended_hours"),
        status=status,
        venue_status=venue_status,
        is_understood=is_understood,
        is_cancel_asked=venue_status == CANCEL_ASKED,
        created_at=moment(record, "created_at"),
        updated_at=moment(record, "updated_at"),
        ended_at=next(filter(None, (moment(record, name) for name in _ENDS)), None) if status.is_final else None,
        expires_at=moment(record, "expires_at"),
        replaces=text(record, "replaces") or None,
        replaced_by=text(record, "replaced_by") or None,
        reason=text(record, "reject_reason"),
        legs=orders_of(record.get("legs")),
    )


def orders_of(value: object) -> tuple[VenueOrder, ...]:
    """The orders of a list, without records that say nothing."""
    return tuple(order for order in map(order_of, records(value)) if order is not None)


def fill_of_activity(record: Json) -> VenueFill | None:
    """The execution behind an activity; None for any other record."""
    side, time = word(Side, record, "side"), moment(record, "transaction_time")
    quantity, price = number(record, "qty"), number(record, "price")
    identifier = text(record, "id")
    if side is None or time is None or not quantity or price is None or not identifier:
        return None
    return VenueFill(
        execution_id=identifier.rpartition("::")[2],
        venue_order_id=text(record, "order_id"),
        symbol=text(record, "symbol"),
        side=side,
        quantity=quantity,
        price=price,
        cumulative_quantity=number(record, "cum_qty"),
        time=time,
    )


def update_of(data: Json, *, received: datetime) -> OrderUpdate | None:
    """What a message of the order stream tells; None where it tells nothing of an order."""
    record = data.get("order")
    order = order_of(record) if isinstance(record, Mapping) else None
    if order is None:
        return None
    event, time = text(data, "event"), moment(data, "timestamp") or order.updated_at or received
    return OrderUpdate(
        order=order,
        event=event,
        fill=_fill_of_update(data, order, time) if event in FILLS else None,
        position=number(data, "position_qty"),
        time=time,
    )


def _fill_of_update(data: Json, order: VenueOrder, time: datetime) -> VenueFill | None:
    quantity, price, identifier = number(data, "qty"), number(data, "price"), text(data, "execution_id")
    if not quantity or price is None or not identifier or order.side is None:
        return None
    return VenueFill(
        execution_id=identifier,
        venue_order_id=order.venue_id,
        symbol=order.symbol,
        side=order.side,
        quantity=quantity,
        price=price,
        cumulative_quantity=order.filled_quantity or None,
        time=time,
    )


def _class_of(record: Json) -> OrderClass | None:
    written = text(record, "order_class")
    return word(OrderClass, record, "order_class") if written else OrderClass.SIMPLE


def remaining(order: VenueOrder) -> Decimal:
    """How much of an order may still fill; 0 of one that is over, or whose size only its price will settle."""
    if order.status.is_final or order.quantity is None:
        return Decimal(0)
    return max(order.quantity - order.filled_quantity, Decimal(0))
