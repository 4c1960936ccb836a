"""What the venues take, after Alpaca's documentation."""

from decimal import Decimal
from typing import Any

import pytest

from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.order import Order
from weaver.model.orders.venue import VENUES, venue_rules

FRACTIONS = Instrument(symbol="AAA", asset_class=AssetClass.STOCK, tick=Decimal("0.01"), lot=Decimal("0.001")).scale()


def order(quantity: str = "1", **terms: Any) -> Order:
    one = Order(1, FRACTIONS, 1, FRACTIONS.quantity(quantity), 0)
    for name, value in terms.items():
        setattr(one, name, value)
    return one


LIMIT = {"order_type": OrderType.LIMIT}
EXTENDED = {"extended_hours": True, **LIMIT}


@pytest.mark.parametrize(
    ("venue", "terms", "reason"),
    [
        ("alpaca-stocks", {}, ""),
        ("alpaca-stocks", {"order_type": OrderType.TRAILING_STOP, "tif": TimeInForce.GTC}, ""),
        ("alpaca-stocks", {"tif": TimeInForce.FOK}, ""),
        ("alpaca-stocks", {"order_class": OrderClass.BRACKET, "tif": TimeInForce.GTC}, ""),
        (
            "alpaca-stocks",
            {"order_class": OrderClass.BRACKET, "tif": TimeInForce.IOC},
            "bracket orders as day, gtc or gtd only",
        ),
        ("alpaca-stocks", {**EXTENDED}, ""),
        ("alpaca-stocks", {**EXTENDED, "tif": TimeInForce.GTC}, ""),
        ("alpaca-stocks", {**EXTENDED, "quantity": "0.5"}, ""),
        ("alpaca-stocks", {**EXTENDED, "quantity": "0.5", "tif": TimeInForce.GTC}, "in day orders only"),
        ("alpaca-stocks", {"extended_hours": True}, "limit orders only"),
        ("alpaca-stocks", {**EXTENDED, "tif": TimeInForce.IOC}, "limit orders only"),
        ("alpaca-stocks", {**EXTENDED, "order_class": OrderClass.OTO}, "no oto orders outside"),
        ("alpaca-stocks", {"quantity": "0.5"}, ""),
        ("alpaca-stocks", {"quantity": "0.5", "tif": TimeInForce.GTC}, "fractions of a share in day orders only"),
        ("alpaca-stocks", {"quantity": "1.5", "order_class": OrderClass.OCO}, "oco orders for whole shares only"),
        (
            "alpaca-stocks",
            {"quantity": "1.5", "order_type": OrderType.TRAILING_STOP},
            "no trailing stop for a fraction",
        ),
        ("alpaca-stocks", {"tif": TimeInForce.OPG}, ""),
        ("alpaca-stocks", {**LIMIT, "tif": TimeInForce.CLS}, ""),
        ("alpaca-stocks", {"tif": TimeInForce.GTD}, ""),
        ("alpaca-stocks", {"order_class": OrderClass.BRACKET, "tif": TimeInForce.GTD}, ""),
        ("alpaca-stocks", {"order_class": OrderClass.BRACKET, "tif": TimeInForce.OPG}, "bracket orders as day, gtc or"),
        ("alpaca-stocks", {**EXTENDED, "tif": TimeInForce.GTD}, ""),
        ("alpaca-stocks", {"quantity": "0.5", "tif": TimeInForce.CLS}, "fractions of a share in day orders only"),
        ("alpaca-crypto", {"tif": TimeInForce.OPG}, "takes no opg orders"),
        ("alpaca-crypto", {"tif": TimeInForce.CLS}, "takes no cls orders"),
        ("alpaca-crypto", {"tif": TimeInForce.GTD}, ""),
        ("alpaca-crypto", {"quantity": "0.5"}, ""),
        ("alpaca-crypto", {"order_type": OrderType.STOP}, "takes no stop orders"),
        ("alpaca-crypto", {"order_class": OrderClass.OCO}, "takes no oco orders"),
        ("alpaca-crypto", {"tif": TimeInForce.FOK}, "takes no fok orders"),
        ("alpaca-crypto", EXTENDED, "has no extended hours"),
    ],
)
def test_venue_takes_an_order_or_says_why_not(venue: str, terms: dict[str, Any], reason: str) -> None:
    said = VENUES[venue].refuses(order(**terms))
    assert reason in said
    assert bool(said) == bool(reason)


def test_rules_are_found_by_name() -> None:
    assert venue_rules(None) is None
    assert venue_rules("alpaca-stocks") is VENUES["alpaca-stocks"]
    with pytest.raises(InputError, match="venue 'nasdaq' is unknown; known: alpaca-stocks, alpaca-crypto"):
        venue_rules("nasdaq")
