"""The exchange's orders as an adapter shows them."""

from dataclasses import replace
from datetime import timedelta

from tests.simulation.venue.market import Ticket, Trade
from tests.simulation.world import START
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import SIDES, OrderClass, OrderType, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.orders import VenueFill, VenueOrder

_STATUSES = {
    "pending_new": OrderStatus.SUBMITTED,
    "new": OrderStatus.ACCEPTED,
    "pending_cancel": OrderStatus.ACCEPTED,
    "partially_filled": OrderStatus.PARTIAL,
    "held": OrderStatus.PENDING,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "replaced": OrderStatus.CANCELLED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
}


def order_of(ticket: Ticket) -> VenueOrder:
    """As it is now, with its legs."""
    status = _STATUSES[ticket.status]
    if ticket.filled and status in (OrderStatus.SUBMITTED, OrderStatus.ACCEPTED, OrderStatus.PENDING):
        status = OrderStatus.PARTIAL
    if ticket.filled and status is OrderStatus.REJECTED:
        status = OrderStatus.CANCELLED
    return VenueOrder(
        venue_id=ticket.id,
        client_order_id=ticket.client_id,
        symbol=ticket.symbol,
        asset_class=AssetClass.STOCK,
        side=SIDES[ticket.sign],
        order_type=OrderType(ticket.kind),
        order_class=OrderClass(ticket.klass),
        tif=TimeInForce(ticket.tif),
        quantity=ticket.quantity,
        filled_quantity=ticket.filled,
        average_price=ticket.value / ticket.filled if ticket.filled else None,
        limit=ticket.limit,
        stop=ticket.stop,
        trail=ticket.trail,
        trail_percent=ticket.trail_percent,
        status=status,
        venue_status=ticket.status,
        is_cancel_asked=ticket.status == "pending_cancel",
        created_at=START + timedelta(microseconds=ticket.created),
        updated_at=START + timedelta(microseconds=ticket.updated),
        ended_at=None if ticket.ended is None else START + timedelta(microseconds=ticket.ended),
        replaces=ticket.replaces,
        replaced_by=ticket.replaced_by,
        reason=ticket.reason if ticket.status == "rejected" else "",
        legs=tuple(order_of(leg) for leg in ticket.legs),
    )


def oddly(order: VenueOrder) -> VenueOrder:
    """The same with a status that nobody knows, read as an adapter reads one: by what has filled."""
    is_whole = order.quantity is not None and order.filled_quantity >= order.quantity > 0
    status = OrderStatus.PARTIAL if order.filled_quantity else OrderStatus.SUBMITTED
    return replace(
        order,
        status=OrderStatus.FILLED if is_whole else status,
        venue_status="under_observation",
        is_understood=False,
        reason="",
    )


def fill_of(trade: Trade, *, is_listed: bool, shows_cumulative: bool) -> VenueFill:
    """As the stream tells of it, or as the list has it."""
    return VenueFill(
        execution_id=trade.listed_id if is_listed else trade.id,
        venue_order_id=trade.ticket.id,
        symbol=trade.ticket.symbol,
        side=SIDES[trade.ticket.sign],
        quantity=trade.quantity,
        price=trade.price,
        cumulative_quantity=trade.cumulative if shows_cumulative else None,
        time=START + timedelta(microseconds=trade.at),
    )
