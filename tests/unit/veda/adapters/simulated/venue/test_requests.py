"""What is taken, and what is refused, with the reason."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.order import Order
from weaver.veda.adapters.simulated.venue.requests import orders_of, refusal, refused_change, replacement_of
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.exchange.answers import Reason
from weaver.veda.exchange.orders import OrderChange, OrderRequest, StopLoss

INSTRUMENT = Instrument.default("AAA", AssetClass.STOCK)
SCALE = INSTRUMENT.scale()
RULES = instrument_rules(INSTRUMENT, can_short=False)
PLAIN = OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(10))
LIMIT, STOP, TRAIL = ({"order_type": kind} for kind in (OrderType.LIMIT, OrderType.STOP, OrderType.TRAILING_STOP))


def with_(**fields: Any) -> OrderRequest:
    amounts = {"quantity", "limit", "stop", "trail", "trail_percent", "take_profit", "notional"}
    values = {name: Decimal(value) if name in amounts else value for name, value in fields.items()}
    return replace(PLAIN, **values)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**LIMIT, "limit": "99.99"},
        {**LIMIT, "limit": "0.9999"},  # under a dollar the tick is finer
        {**STOP, "stop": "101", "extended_hours": True},
        {"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "102", "tif": TimeInForce.IOC},
        {**TRAIL, "trail": "0.5"},
        {**TRAIL, "trail_percent": "2.5"},
        {**LIMIT, "limit": "99", "tif": TimeInForce.OPG},
        {"tif": TimeInForce.CLS},
        {"tif": TimeInForce.GTD},
        {"order_class": OrderClass.OTO, "stop_loss": StopLoss(stop=Decimal(90)), "tif": TimeInForce.FOK},
    ],
)
def test_order_with_a_meaning_is_taken(fields: dict[str, Any]) -> None:
    assert refusal(with_(**fields), RULES, SCALE, held=0) is None


@pytest.mark.parametrize(
    ("fields", "reason", "message"),
    [
        ({"client_order_id": ""}, Reason.ORDER, "needs a client order id"),
        ({"notional": "100"}, Reason.ORDER, "no notional amounts"),
        ({"quantity": "0"}, Reason.QUANTITY, "above 0, not 0"),
        ({"quantity": "1.5"}, Reason.QUANTITY, "in steps of 1, not 1.5"),
        ({**LIMIT}, Reason.PRICE, "a limit order needs limit"),
        ({"limit": "99"}, Reason.PRICE, "a market order needs no price, not limit"),
        ({**LIMIT, "limit": "99.999"}, Reason.PRICE, "in steps of 0.01, not 99.999"),
        ({**LIMIT, "limit": "0.99999"}, Reason.PRICE, "in steps of 0.0001, not 0.99999"),
        ({**STOP, "stop": "-1"}, Reason.PRICE, "above 0, not -1"),
        ({**TRAIL, "trail": "1", "trail_percent": "1"}, Reason.PRICE, "a trailing_stop order needs trail"),
        ({**TRAIL, "trail_percent": "100"}, Reason.PRICE, "between 0 and 100, not at 100"),
        ({"take_profit": "110"}, Reason.ORDER, "a simple order has 0 legs, not 1"),
        ({"order_class": OrderClass.BRACKET, "take_profit": "110"}, Reason.ORDER, "a bracket order has 2 legs, not 1"),
        ({**STOP, "stop": "101", "tif": TimeInForce.OPG}, Reason.ORDER, "opg orders are market or limit orders"),
        ({"extended_hours": True, "tif": TimeInForce.CLS}, Reason.ORDER, "of the regular session"),
    ],
)
def test_order_without_a_meaning_is_refused(fields: dict[str, Any], reason: Reason, message: str) -> None:
    refused = refusal(with_(**fields), RULES, SCALE, held=0)
    assert refused is not None
    assert (refused.reason, refused.was_sent) == (reason, False)
    assert message in refused.message


def test_symbol_that_cannot_be_traded_is_refused_with_why() -> None:
    refused = refusal(PLAIN, replace(RULES, is_tradable=False, flags=("it is halted",)), SCALE, held=0)
    assert refused is not None
    assert refused.message == "AAA is not tradable: it is halted"


def test_minimum_of_an_instrument_is_kept() -> None:
    least = replace(INSTRUMENT, minimum=Decimal(5))
    rules, scale = instrument_rules(least, can_short=False), least.scale()
    refused = refusal(with_(quantity="4"), rules, scale, held=4)
    assert refused is not None
    assert refused.message == "an order for AAA is 5 at least, not 4"
    assert refusal(with_(quantity="4", side=Side.SELL), rules, scale, held=4) is None  # it closes what is held
    assert refusal(with_(quantity="4", side=Side.SELL), rules, scale, held=5) is not None


def test_date_is_not_told_so_the_order_stands_as_gtc() -> None:
    (order,) = orders_of(with_(tif=TimeInForce.GTD), SCALE, 1, 0)
    assert order.tif is TimeInForce.GTC


def trailing(**terms: Any) -> Order:
    (order,) = orders_of(with_(**TRAIL, **terms), SCALE, 1, 0)
    order.mark, order.stop_units = 100 * SCALE.price_one, 101 * SCALE.price_one
    return order


@pytest.mark.parametrize(
    ("change", "mark", "trail", "percent"),
    [({}, 100, 1, None), ({"trail": Decimal(2)}, None, 2, None)],
)
def test_replaced_trailing_stop_goes_on_from_its_mark_unless_it_is_to_trail_anew(
    change: dict[str, Any], mark: int | None, trail: int | None, percent: int | None
) -> None:
    new = replacement_of(trailing(trail="1"), OrderChange(client_order_id="b", **change), 2, 5)
    assert (new.mark, new.trail, new.trail_percent) == (mark and mark * SCALE.price_one, trail, percent)


def test_replaced_percentage_stays_one() -> None:
    new = replacement_of(trailing(trail_percent="1"), OrderChange(client_order_id="b", trail=Decimal(3)), 2, 5)
    assert (new.trail, new.trail_percent, new.mark) == (None, 3, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_order_id": ""}, "needs a client order id"),
        ({"limit": Decimal(99)}, "a trailing_stop order has no limit to change"),
        ({"stop": Decimal(99)}, "a trailing_stop order has no stop to change"),
        ({"quantity": Decimal("1.5")}, "in steps of 1"),
        ({"trail": Decimal(100)}, "between 0 and 100"),
        ({"tif": TimeInForce.OPG}, "opg orders are market or limit orders"),
    ],
)
def test_change_without_a_meaning_is_refused(change: dict[str, Any], message: str) -> None:
    refused = refused_change(trailing(trail_percent="1"), OrderChange(**{"client_order_id": "b", **change}))
    assert refused is not None
    assert message in refused.message
