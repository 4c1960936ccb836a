"""What the simulated venue takes: every order that there are fill rules for."""

from dataclasses import dataclass

from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.venue import Asked, VenueRules
from weaver.veda.exchange.market import InstrumentRules

AUCTIONS = (TimeInForce.OPG, TimeInForce.CLS)
ONE_PRICE = (OrderType.MARKET, OrderType.LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules(VenueRules):
    """Those of the fill rules, and no venue's own."""

    def refuses(self, order: Asked) -> str:
        """Why an order can have no meaning, or an empty string."""
        if order.tif in AUCTIONS and (order.extended_hours or order.order_type not in ONE_PRICE):
            return f"{order.tif} orders are market or limit orders of the regular session"
        return ""


def instrument_rules(instrument: Instrument, *, can_short: bool, price_decimals: int | None = None) -> InstrumentRules:
    """What is taken of an instrument. A gtd order of which the day is not told is ended by whoever sends it."""
    return InstrumentRules(
        instrument=instrument,
        rules=HouseRules(name="simulated", asset_class=instrument.asset_class, extended_hours=True),
        is_tradable=True,
        is_shortable=can_short,
        is_fractionable=instrument.lot < 1,
        price_decimals=price_decimals,
        ended_by_us=frozenset({TimeInForce.GTD}),
    )
