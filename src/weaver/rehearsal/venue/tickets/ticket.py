"""An order as the exchange keeps it for its clients: its terms, its times and its status."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from weaver.model.orders.actions import OrderType
from weaver.model.orders.execution import Execution
from weaver.model.orders.order import Order
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.margin import margin_of
from weaver.rehearsal.venue.tickets.status import CLOSED, Status
from weaver.rehearsal.venue.tickets.terms import Terms

PRICE_DECIMALS = 9


class Ticket:
    """One order. `order` is the one that the fill rules work on; it is let go when that has ended."""

    __slots__ = (
        "_counted", "_spoken_for", "asset", "canceled_at", "client_order_id", "created_at", "expired_at",
        "expires_at", "failed_at", "filled_at", "filled_units", "filled_value", "hwm", "id", "is_opening", "legs",
        "number", "order", "parent", "replaced_at", "replaced_by", "replaces", "reserved_units", "status",
        "stop_price", "submitted_at", "terms", "updated_at",
    )  # fmt: skip

    def __init__(
        self, *, id: str, number: int, client_order_id: str, asset: Asset, terms: Terms, status: Status, now: int
    ) -> None:
        self.id, self.number, self.client_order_id = id, number, client_order_id
        self.asset, self.terms, self.status = asset, terms, status
        self.created_at = self.submitted_at = self.updated_at = now
        self.filled_at: int | None = None
        self.expired_at: int | None = None
        self.expires_at: int | None = None
        self.canceled_at: int | None = None
        self.failed_at: int | None = None
        self.replaced_at: int | None = None
        self.replaced_by: str | None = None
        self.replaces: str | None = None
        self.filled_units = self.filled_value = 0
        """Of the fills that have been told of: quantity units, and price units x quantity units."""
        self.hwm: Decimal | None = None
        self.stop_price = terms.stop_price
        self.legs: list[Ticket] = []
        self.parent: Ticket | None = None
        self.order: Order | None = None
        self.is_opening = True
        """It adds to a holding, or begins one; what it may cost is reserved."""
        self.reserved_units = 0
        """What a unit of it may cost, in price units."""
        self._counted, self._spoken_for = -1, (0, 0)
        """What it binds and is paid with, counted for so many units that remain."""

    @property
    def is_open(self) -> bool:
        """It may still fill."""
        return self.status not in CLOSED

    @property
    def is_leg(self) -> bool:
        """It belongs to another order."""
        return self.parent is not None

    @property
    def family(self) -> "list[Ticket]":
        """It, its parent and their other legs."""
        head = self.parent or self
        return [head, *head.legs]

    @property
    def qty(self) -> Decimal | None:
        """How much was ordered; None of an order for an amount of money."""
        return self.terms.qty

    @property
    def filled_qty(self) -> Decimal:
        """How much has filled."""
        return self.asset.scale.quantity_decimal(self.filled_units)

    @property
    def average_price(self) -> Decimal | None:
        """At what price on average, to nine decimals."""
        if not self.filled_units:
            return None
        average = self.asset.scale.average_price(self.filled_value, self.filled_units)
        return round(Decimal(average), PRICE_DECIMALS)

    @property
    def remaining(self) -> Decimal:
        """How much has not filled (of an order for money, by the newest price)."""
        if self.order is None or not self.is_open:
            return Decimal(0)
        return self.order.scale.quantity_decimal(self.order.remaining)

    @property
    def spoken_for(self) -> tuple[int, int]:
        """What it binds of the account if it fills, and (if it buys) is to be paid with; in cash units."""
        order = self.order
        if order is None:
            return 0, 0
        remaining = order.units - order.filled
        if remaining != self._counted:
            worth = order.scale.cash(self.reserved_units, remaining)
            self._spoken_for = margin_of(self.asset, worth), worth if order.sign > 0 else 0
            self._counted = remaining
        return self._spoken_for

    def gain(self, execution: Execution) -> None:
        """A fill is told of."""
        self.filled_units += execution.units
        self.filled_value += execution.price * execution.units

    def follow(self) -> None:
        """Take over what the fill rules have changed: quantity and prices, and how far a trailing stop has come."""
        order = self.order
        if order is None:
            return
        if self.terms.qty is not None and order.quantity != self.terms.qty:
            self.terms = replace(self.terms, qty=order.quantity)
        if order.limit != self.terms.limit_price:
            self.terms = replace(self.terms, limit_price=order.limit)
        if order.stop is not None:
            self.stop_price = order.stop
        if order.order_type is OrderType.TRAILING_STOP and order.mark is not None:
            self.hwm = order.scale.average_price(Fraction(order.mark), 1)

    def end(self, status: Status, now: int) -> None:
        """It is over."""
        self.follow()
        self.status, self.updated_at = status, now
        match status:
            case Status.FILLED:
                self.filled_at = now
            case Status.CANCELED:
                self.canceled_at = now
            case Status.EXPIRED:
                self.expired_at = now
            case Status.REJECTED:
                self.failed_at = now
            case Status.REPLACED:
                self.replaced_at = now
            case _:
                raise AssertionError(f"an order does not end as {status}")
        self.order = None
