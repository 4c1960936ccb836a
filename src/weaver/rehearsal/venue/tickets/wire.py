"""Orders, fills and updates as Alpaca writes them: numbers as strings, instants as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.times import utc_text

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill."""

    id: str
    order_id: str
    client_order_id: str
    symbol: str
    side: str
    qty: Decimal
    cum_qty: Decimal
    leaves_qty: Decimal
    price: Decimal
    at: int
    """ns."""
    order_status: Status
    activity_id: str

    @property
    def kind(self) -> str:
        """fill, or partial_fill."""
        return "fill" if self.order_status is Status.FILLED else "partial_fill"

    def as_activity(self) -> Json:
        """As account activities list it."""
        return {
            "id": self.activity_id,
            "activity_type": "FILL",
            "transaction_time": utc_text(self.at),
            "type": self.kind,
            "price": plain(self.price),
            "qty": plain(self.qty),
            "side": self.side,
            "symbol": self.symbol,
            "leaves_qty": plain(self.leaves_qty),
            "order_id": self.order_id,
            "cum_qty": plain(self.cum_qty),
            "order_status": str(self.order_status),
        }


def class_name(asset: Asset) -> str:
    """An asset's class on the wire."""
    return "crypto" if asset.is_crypto else "us_equity"


def order_json(ticket: Ticket, *, nested: bool = False) -> Json:
    """An order; nested, with its legs in it."""
    ticket.follow()
    terms = ticket.terms
    legs = [order_json(leg) for leg in ticket.legs] if nested and ticket.legs else None
    return {
        "id": ticket.id,
        "client_order_id": ticket.client_order_id,
        **_times(ticket),
        "replaced_by": ticket.replaced_by,
        "replaces": ticket.replaces,
        "asset_id": ticket.asset.id,
        "symbol": ticket.asset.symbol,
        "asset_class": class_name(ticket.asset),
        "notional": number(terms.notional),
        "qty": number(ticket.qty),
        "filled_qty": plain(ticket.filled_qty),
        "filled_avg_price": number(ticket.average_price),
        "order_class": "" if terms.order_class is OrderClass.SIMPLE else str(terms.order_class),
        "order_type": str(terms.type),
        "type": str(terms.type),
        "side": str(terms.side),
        "time_in_force": str(terms.tif),
        "limit_price": number(terms.limit_price),
        "stop_price": number(ticket.stop_price),
        "status": str(ticket.status),
        "extended_hours": terms.extended_hours,
        "legs": legs,
        "trail_percent": number(terms.trail_percent),
        "trail_price": number(terms.trail_price),
        "hwm": number(ticket.hwm),
        "position_intent": terms.position_intent or _intent(ticket),
        "subtag": None,
        "source": None,
    }


def number(value: Decimal | None) -> str | None:
    """A number's text, if there is one."""
    return None if value is None else plain(value)


def update_json(event: str, execution_id: str, ticket: Ticket, at: int) -> Json:
    """An update of an order."""
    return {"event": event, "execution_id": execution_id, "order": order_json(ticket), "timestamp": utc_text(at)}


def _times(ticket: Ticket) -> Mapping[str, str | None]:
    times = {
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "submitted_at": ticket.submitted_at,
        "filled_at": ticket.filled_at,
        "expired_at": ticket.expired_at,
        "expires_at": ticket.expires_at,
        "canceled_at": ticket.canceled_at,
        "failed_at": ticket.failed_at,
        "replaced_at": ticket.replaced_at,
    }
    return {name: None if at is None else utc_text(at) for name, at in times.items()}


def _intent(ticket: Ticket) -> str:
    return f"{ticket.terms.side}_to_{'open' if ticket.is_opening else 'close'}"
