"""An order at the simulated venue: the house's order, and what the venue says of it."""

from dataclasses import dataclass, field

from weaver.model.calendar.instants import time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.execution import Execution
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
    """One order with what only the venue knows of it. Instants are ns.

    It is shown as far as it was told: of all that a tick's bars do to an order each step is told as it was then.
    """

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
    stands: OrderStatus = OrderStatus.PENDING
    is_held: bool = False
    """An exit that waits for its entry."""
    filled: int = 0
    value: int = 0
    told_stop: int | None = None
    """The level of a trailing stop that was told last, in price units."""

    @property
    def status(self) -> OrderStatus:
        """What was taken and waits for nothing works."""
        if self.stands is OrderStatus.PENDING and not self.is_held:
            return OrderStatus.ACCEPTED
        return self.stands

    def take(self, status: OrderStatus, execution: Execution | None) -> None:
        """A step that was done."""
        self.stands, self.is_held = status, False
        if execution is not None:
            self.fills += 1
            self.filled += execution.units
            self.value += execution.price * execution.units

    def shown(self) -> VenueOrder:
        """The order as the venue shows it, with its legs."""
        order, status, scale = self.order, self.status, self.order.scale
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
            filled_quantity=scale.quantity_decimal(self.filled),
            average_price=scale.average_price(self.value, self.filled) if self.filled else None,
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
            reason=order.reason if status.is_final else "",
            legs=tuple(leg.shown() for leg in self.legs),
        )

    def end_at(self, instant: int) -> None:
        """Something happened to it then; if that was its end, keep when."""
        self.updated = instant
        if self.order.status.is_final and self.ended is None:
            self.ended = instant
