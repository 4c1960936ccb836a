"""An order at the simulated venue: the house's order, and what the venue says of it."""

from dataclasses import dataclass, field

from weaver.model.calendar.instants import time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.orders import VenueOrder

WORDS = {
    OrderStatus.PENDING: "held",
    OrderStatus.ACCEPTED: "new",
    OrderStatus.PARTIAL: "partially_filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELLED: "canceled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.EXPIRED: "expired",
}


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One order with what only the venue knows of it. Instants are ns."""

    venue_id: str
    client_order_id: str
    asset_class: AssetClass
    order: Order
    created: int
    updated: int
    ended: int | None = None
    parent: "Ticket | None" = None
    legs: list["Ticket"] = field(default_factory=list)
    replaces: str | None = None
    replaced_by: str | None = None
    fills: int = 0
    """How many there were."""

    @property
    def status(self) -> OrderStatus:
        """What was taken and waits for nothing works."""
        status = self.order.status
        if status is OrderStatus.PENDING and not self.order.waiting:
            return OrderStatus.ACCEPTED
        return status

    def shown(self, *, as_filled: OrderStatus | None = None) -> VenueOrder:
        """The order as the venue shows it, with its legs; `as_filled`: as it stood after a fill, whatever came then."""
        order = self.order
        status = self.status if as_filled is None else as_filled
        return VenueOrder(
            venue_id=self.venue_id,
            client_order_id=self.client_order_id,
            symbol=order.symbol,
            asset_class=self.asset_class,
            side=order.side,
            order_type=order.order_type,
            order_class=order.order_class,
            tif=order.tif,
            quantity=order.quantity,
            filled_quantity=order.filled_quantity,
            average_price=order.average_price,
            limit=order.limit,
            stop=order.stop,
            trail=order.trail,
            trail_percent=order.trail_percent,
            extended_hours=order.extended_hours,
            status=status,
            venue_status="replaced" if self.replaced_by else WORDS[status],
            created_at=time_of(self.created),
            updated_at=time_of(self.updated),
            ended_at=None if self.ended is None or not status.is_final else time_of(self.ended),
            replaces=self.replaces,
            replaced_by=self.replaced_by,
            reason=order.reason,
            legs=tuple(leg.shown() for leg in self.legs),
        )

    def end_at(self, instant: int) -> None:
        """Something happened to it then; if that was its end, keep when."""
        self.updated = instant
        if self.order.status.is_final and self.ended is None:
            self.ended = instant
