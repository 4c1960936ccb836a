"""Alpaca's order rules, checked before anything is sent."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.veda.adapters.alpaca.rules import refusal
from weaver.veda.adapters.alpaca.wire.market import instrument_of
from weaver.veda.adapters.alpaca.wire.orders import order_of
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.orders import OrderRequest, StopLoss, VenueOrder

ASSETS = {
    "AAPL": {"class": "us_equity", "shortable": True, "fractionable": True},
    "WHOLE": {"class": "us_equity", "shortable": True, "fractionable": False},
    "GONE": {"class": "us_equity", "status": "inactive"},
    "BTC/USD": {
        "class": "crypto",
        "min_order_size": "0.001",
        "min_trade_increment": "0.0005",
        "price_increment": "0.5",
    },
}
D = Decimal
LIMIT = {"order_type": OrderType.LIMIT}
BRACKET = {"order_class": OrderClass.BRACKET, "take_profit": D(110), "stop_loss": StopLoss(stop=D(95))}
OCO = BRACKET | {"order_class": OrderClass.OCO, "side": Side.SELL}
STOP = {"order_type": OrderType.STOP, "stop": D(100)}
GTC, IOC, FOK, OPG = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.OPG
NOON = datetime(2024, 3, 4, 17, tzinfo=UTC)
TRAILING = {"order_type": OrderType.TRAILING_STOP}


def known(symbol: str) -> InstrumentRules:
    rules = instrument_of({"symbol": symbol, "status": "active", "tradable": True, **ASSETS[symbol]})
    assert rules is not None
    return rules


def asked(
    symbol: str = "AAPL", quantity: str = "1", working: tuple[VenueOrder, ...] = (), **terms: object
) -> Refused | None:
    base: dict[str, object] = {"client_order_id": "r-1", "symbol": symbol, "side": Side.BUY, "quantity": D(quantity)}
    return refusal(OrderRequest(**{**base, **terms}), known(symbol), working, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("symbol", "quantity", "terms"),
    [
        ("AAPL", "1", {}),
        ("AAPL", "0.123456789", {}),
        ("AAPL", "1", LIMIT | {"limit": D("10.01")}),
        ("AAPL", "100", LIMIT | {"limit": D("0.1234")}),
        ("AAPL", "1", LIMIT | {"limit": D("10"), "extended_hours": True, "tif": GTC}),
        ("AAPL", "1", {"order_type": OrderType.STOP_LIMIT, "limit": D(10), "stop": D(11), "tif": GTC}),
        ("AAPL", "1", TRAILING | {"trail": D("0.5")}),
        ("AAPL", "1", TRAILING | {"trail_percent": D("2.5"), "tif": GTC}),
        ("AAPL", "0", {"notional": D("25.5")}),
        ("AAPL", "1", BRACKET),
        ("AAPL", "1", BRACKET | LIMIT | {"limit": D(100), "tif": GTC}),
        ("AAPL", "1", BRACKET | {"side": Side.SELL, "take_profit": D(90), "stop_loss": StopLoss(stop=D(105))}),
        ("AAPL", "1", OCO),
        ("AAPL", "1", {"order_class": OrderClass.OTO, "take_profit": D(110)}),
        ("AAPL", "1", {"tif": IOC}),
        ("AAPL", "1", {"tif": TimeInForce.CLS}),
        ("AAPL", "1", LIMIT | {"limit": D("0.5")}),
        ("AAPL", "1", TRAILING | {"trail_percent": D(100)}),
        ("BTC/USD", "0.0015", {}),
        ("BTC/USD", "0.5", LIMIT | {"limit": D("100.5"), "tif": GTC}),
        ("BTC/USD", "1", {"tif": IOC}),
    ],
)
def test_order_that_alpaca_takes_is_let_through(symbol: str, quantity: str, terms: dict[str, object]) -> None:
    assert asked(symbol, quantity, **terms) is None


@pytest.mark.parametrize(
    ("symbol", "quantity", "terms", "reason", "told"),
    [
        ("GONE", "1", {}, Reason.INSTRUMENT, "GONE is not tradable: it is inactive"),
        ("AAPL", "1", {"client_order_id": ""}, Reason.ORDER, "1 to 128 characters, not 0"),
        ("AAPL", "1", {"client_order_id": "x" * 129}, Reason.ORDER, "1 to 128 characters, not 129"),
        ("AAPL", "0", {}, Reason.QUANTITY, "above 0, not 0"),
        ("AAPL", "-1", {}, Reason.QUANTITY, "above 0, not -1"),
        ("AAPL", "0.1234567891", {}, Reason.QUANTITY, "9 decimals at most"),
        ("WHOLE", "0.5", {}, Reason.QUANTITY, "fractions of WHOLE cannot be ordered"),
        ("WHOLE", "0", {"notional": D(50)}, Reason.QUANTITY, "no notional amounts either"),
        ("AAPL", "0.5", {"tif": GTC}, Reason.ORDER, "fractions of a share in day orders only"),
        ("AAPL", "0.5", TRAILING | {"trail": D(1)}, Reason.ORDER, "no trailing stop for a fraction"),
        ("AAPL", "1.5", BRACKET, Reason.ORDER, "bracket orders for whole shares only"),
        ("AAPL", "1", {"notional": D(50)}, Reason.QUANTITY, "not both"),
        ("AAPL", "0", {"notional": D("0.99")}, Reason.QUANTITY, "comes to 1 at least, not 0.99"),
        ("AAPL", "0", {"notional": D("5.001")}, Reason.QUANTITY, "two decimals at most"),
        ("AAPL", "0", {"notional": D(5), "tif": GTC}, Reason.ORDER, "simple day orders only"),
        ("AAPL", "0", TRAILING | {"notional": D(5), "trail": D(1)}, Reason.ORDER, "notional orders do not trail"),
        ("AAPL", "0.01", LIMIT | {"limit": D(50)}, Reason.QUANTITY, "comes to 1 at least, not 0.5"),
        ("AAPL", "1", LIMIT | {"limit": D("10.001")}, Reason.PRICE, "in steps of 0.01: 10.001"),
        ("AAPL", "100", LIMIT | {"limit": D("0.12345")}, Reason.PRICE, "in steps of 0.0001"),
        ("AAPL", "1", LIMIT | {"limit": D("-5")}, Reason.PRICE, "a price is above 0, not -5"),
        ("AAPL", "1", LIMIT, Reason.PRICE, "a limit order needs limit, not none"),
        ("AAPL", "1", {"limit": D(5)}, Reason.PRICE, "a market order needs no price, not limit"),
        ("AAPL", "1", LIMIT | {"limit": D(5), "stop": D(5)}, Reason.PRICE, "needs limit, not limit and stop"),
        ("AAPL", "1", TRAILING, Reason.PRICE, "needs trail, not none"),
        ("AAPL", "1", TRAILING | {"trail": D(1), "trail_percent": D(1)}, Reason.PRICE, "needs trail"),
        ("AAPL", "1", TRAILING | {"trail": D(0)}, Reason.PRICE, "a trail is above 0"),
        ("AAPL", "1", TRAILING | {"trail_percent": D(100), "side": Side.SELL}, Reason.PRICE, "by less than 100 %"),
        ("AAPL", "1", TRAILING | {"trail": D("1.505")}, Reason.PRICE, "in steps of 0.01: 1.505"),
        ("AAPL", "1", TRAILING | {"trail": D(1), "tif": IOC}, Reason.ORDER, "trailing stops are day, gtc or gtd"),
        ("AAPL", "1", STOP | {"tif": OPG}, Reason.ORDER, "opg orders are market or limit orders"),
        ("AAPL", "1", {"tif": OPG}, Reason.ORDER, "until 9:28, and from 19:00 on"),
        ("AAPL", "1", BRACKET | STOP, Reason.ORDER, "the entry of a bracket order is a market or limit order"),
        ("AAPL", "1", BRACKET | LIMIT | {"limit": D(94)}, Reason.PRICE, "the stop-loss 95 must be below the limit 94"),
        ("AAPL", "1", BRACKET | LIMIT | {"limit": D(111)}, Reason.PRICE, "the limit 111 must be below the take-profit"),
        (
            "AAPL",
            "1",
            BRACKET | {"stop_loss": StopLoss(stop=D(95), limit=D(96))},
            Reason.PRICE,
            "wrong side of its stop",
        ),
        ("AAPL", "1", {"extended_hours": True}, Reason.ORDER, "limit orders only, day, gtc or gtd, outside"),
        (
            "AAPL",
            "1",
            BRACKET | LIMIT | {"limit": D(100), "extended_hours": True},
            Reason.ORDER,
            "no bracket orders outside",
        ),
        ("AAPL", "1", BRACKET | {"tif": IOC}, Reason.ORDER, "bracket orders as day, gtc or gtd only"),
        ("AAPL", "1", BRACKET | {"stop_loss": None}, Reason.ORDER, "needs a take-profit and a stop-loss"),
        (
            "AAPL",
            "1",
            BRACKET | {"stop_loss": StopLoss(stop=D(110))},
            Reason.PRICE,
            "must be below the take-profit 110",
        ),
        ("AAPL", "1", OCO | {"side": Side.BUY}, Reason.PRICE, "must be above the take-profit"),
        ("AAPL", "1", {"order_class": OrderClass.OTO}, Reason.ORDER, "an oto order has one leg"),
        ("AAPL", "1", {"take_profit": D(110)}, Reason.ORDER, "a simple order has no legs"),
        ("AAPL", "1", BRACKET | {"stop_loss": StopLoss(stop=D("95.005"))}, Reason.PRICE, "in steps of 0.01: 95.005"),
        ("BTC/USD", "1", {"order_type": OrderType.STOP, "stop": D(50)}, Reason.ORDER, "takes no stop orders"),
        ("BTC/USD", "1", TRAILING | {"trail": D(5)}, Reason.ORDER, "takes no trailing_stop orders"),
        ("BTC/USD", "1", {"tif": FOK}, Reason.ORDER, "takes no fok orders"),
        ("BTC/USD", "1", BRACKET, Reason.ORDER, "takes no bracket orders"),
        ("BTC/USD", "0.0005", {}, Reason.QUANTITY, "is 0.001 at least, not 0.0005"),
        ("BTC/USD", "0.0012", {}, Reason.QUANTITY, "in steps of 0.0005"),
        ("BTC/USD", "1", LIMIT | {"limit": D("50.2")}, Reason.PRICE, "in steps of 0.5"),
        ("BTC/USD", "0.01", LIMIT | {"limit": D("500")}, Reason.QUANTITY, "comes to 10 at least, not 5"),
    ],
)
def test_order_that_alpaca_refuses_is_not_sent(
    symbol: str, quantity: str, terms: dict[str, object], reason: Reason, told: str
) -> None:
    found = asked(symbol, quantity, **terms)
    assert found is not None
    assert (found.reason, found.was_sent) == (reason, False)
    assert told in found.message


def resting(kind: str, side: str = "sell", **fields: object) -> VenueOrder:
    record = {"id": "o", "client_order_id": "other-1", "status": "new", "symbol": "AAPL", "side": side, "type": kind}
    order = order_of({**record, **fields})
    assert order is not None
    return order


@pytest.mark.parametrize(
    ("mine", "other", "meets"),
    [
        (LIMIT | {"limit": D(10)}, resting("stop", stop_price="9"), True),
        (LIMIT | {"limit": D(10)}, resting("limit", limit_price="10"), True),
        (LIMIT | {"limit": D(10)}, resting("limit", limit_price="10.01"), False),
        ({}, resting("limit", limit_price="12"), True),
        ({}, resting("market"), True),
        ({"order_type": OrderType.STOP, "stop": D(11)}, resting("stop", stop_price="9"), False),
        ({}, resting("limit", side="buy", limit_price="12"), False),
        ({}, resting("limit", limit_price="12", symbol="MSFT"), False),
        ({}, resting("limit", limit_price="12", order_class="oco"), False),
        ({}, resting("trailing_stop", trail_price="1"), False),
        ({}, resting("limit", limit_price="12", status="canceled"), False),
        (BRACKET, resting("limit", limit_price="12"), False),
        (TRAILING | {"trail": D(1)}, resting("limit", limit_price="12"), False),
    ],
)
def test_order_that_could_meet_another_of_the_account_is_refused(
    mine: dict[str, object], other: VenueOrder, meets: bool
) -> None:
    found = asked(working=(other,), **mine)
    assert (found is not None) is meets
    if found is not None:
        assert found.reason is Reason.WASH_TRADE
        assert "other-1" in found.message
