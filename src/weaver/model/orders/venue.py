"""What a venue accepts: its rules as values, applied by a run that names the venue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.order import Order

ALL_TYPES = frozenset(OrderType)
ALL_CLASSES = frozenset(OrderClass)
ALL_TIMES = frozenset(TimeInForce)
LASTING = (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD)
"""Where a venue takes gtc it takes gtd: Weaver sends it as gtc, and cancels it when its time has come."""


class Asked(Protocol):
    """What a venue must know of an order to say whether it takes such orders."""

    @property
    def order_type(self) -> OrderType: ...
    @property
    def order_class(self) -> OrderClass: ...
    @property
    def tif(self) -> TimeInForce: ...
    @property
    def extended_hours(self) -> bool: ...
    @property
    def quantity(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueRules:
    """The orders that a venue takes. Source: Alpaca's documentation of orders, fractional and crypto trading, 2026."""

    name: str
    asset_class: AssetClass
    order_types: frozenset[OrderType] = ALL_TYPES
    order_classes: frozenset[OrderClass] = ALL_CLASSES
    times_in_force: frozenset[TimeInForce] = ALL_TIMES
    extended_hours: bool = False
    """Whether limit orders, day, gtc or gtd, may trade outside the regular session."""
    whole_units_only: frozenset[OrderClass] = frozenset()
    """Classes whose quantity must be whole; other fractions are day orders and never trailing."""
    legs_wait_for_whole_fill: bool = False
    has_trailing_beside: bool = True
    """Whether a trailing stop and another exit can stand for one position."""

    def refuses(self, order: Asked) -> str:
        """Why the venue would not take an order, or an empty string."""
        if order.order_type not in self.order_types:
            return f"{self.name} takes no {order.order_type} orders"
        if order.order_class not in self.order_classes:
            return f"{self.name} takes no {order.order_class} orders"
        if order.tif not in self.times_in_force:
            return f"{self.name} takes no {order.tif} orders"
        if order.order_class is not OrderClass.SIMPLE and order.tif not in LASTING:
            return f"{self.name} takes {order.order_class} orders as day, gtc or gtd only"
        if order.extended_hours and (told := self._refuses_extended(order)):
            return told
        if self.asset_class is AssetClass.STOCK and order.quantity % 1:
            return self._refuses_fraction(order)
        return ""

    def refuses_exits(self, types: Sequence[OrderType]) -> str:
        """Why the venue would not take an entry with exits of such types, or an empty string."""
        if len(types) > 1 and OrderType.TRAILING_STOP in types and not self.has_trailing_beside:
            return f"{self.name} holds no trailing_stop order beside another exit of a position"
        return ""

    def _refuses_extended(self, order: Asked) -> str:
        if not self.extended_hours:
            return f"{self.name} has no extended hours"
        if order.order_type is not OrderType.LIMIT or order.tif not in LASTING:
            return f"{self.name} takes limit orders only, day, gtc or gtd, outside the regular session"
        if order.order_class is not OrderClass.SIMPLE:
            return f"{self.name} takes no {order.order_class} orders outside the regular session"
        return ""

    def _refuses_fraction(self, order: Asked) -> str:
        if order.order_class in self.whole_units_only:
            return f"{self.name} takes {order.order_class} orders for whole shares only"
        if order.tif is not TimeInForce.DAY:
            return f"{self.name} takes fractions of a share in day orders only"
        if order.order_type is OrderType.TRAILING_STOP:
            return f"{self.name} takes no trailing stop for a fraction of a share"
        return ""


def refusal(venue: VenueRules, order: Order) -> str:
    """Why a venue would not take an order with its exits, or an empty string."""
    return venue.refuses(order) or venue.refuses_exits([leg.order_type for leg in order.legs])


VENUES: Mapping[str, VenueRules] = {
    "alpaca-stocks": VenueRules(
        name="alpaca-stocks",
        asset_class=AssetClass.STOCK,
        extended_hours=True,
        whole_units_only=frozenset({OrderClass.BRACKET, OrderClass.OCO, OrderClass.OTO}),
        legs_wait_for_whole_fill=True,
        has_trailing_beside=False,
    ),
    "alpaca-crypto": VenueRules(
        name="alpaca-crypto",
        asset_class=AssetClass.CRYPTO,
        order_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT}),
        order_classes=frozenset({OrderClass.SIMPLE}),
        # The venue has no day orders: Weaver sends them as gtc and cancels them at the end of the UTC day. Nor has it
        # opens and closes: it never pauses.
        times_in_force=frozenset({*LASTING, TimeInForce.IOC}),
    ),
}


def venue_rules(name: str | None) -> VenueRules | None:
    """The rules of a venue, None for none. Raises InputError on an unknown name."""
    if name is None:
        return None
    if name not in VENUES:
        raise InputError(f"venue {name!r} is unknown; known: {', '.join(VENUES)}")
    return VENUES[name]
