"""Orders that the exchange takes from nobody."""

from decimal import Decimal
from typing import Any

import pytest

from tests.rehearsals.by_hand import pair, stock
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.venue.checks.rules import check, check_cost
from weaver.rehearsal.venue.tickets.terms import StopLoss, Terms

STOCK, COIN = stock("AAPL"), pair("BTC/USD")
D = Decimal


def terms(**given: Any) -> Terms:
    sound: dict[str, Any] = {
        "symbol": "AAPL", "side": Side.BUY, "type": OrderType.MARKET, "tif": TimeInForce.DAY, "qty": D(1),
    }  # fmt: skip
    prices = {name: D(str(value)) for name, value in given.items() if type(value) in (int, float)}
    return Terms(**{**sound, **given, **prices})


def bracket(**given: Any) -> Terms:
    return terms(
        **{
            "order_class": OrderClass.BRACKET,
            "take_profit": 110,
            "stop_loss": StopLoss(stop_price=D(95)),
            **given,
        }
    )


LIMIT, STOP, STOP_LIMIT, TRAILING = (
    OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP,
)  # fmt: skip
GTC, IOC, OPG = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.OPG
TAKEN = [
    terms(),
    terms(type=LIMIT, limit_price=90.25),
    terms(type=LIMIT, limit_price=0.1234),
    terms(type=LIMIT, limit_price=90, extended_hours=True, tif=GTC),
    terms(type=STOP_LIMIT, limit_price=90, stop_price=91, qty=0.5),
    terms(type=TRAILING, trail_percent=2.5, tif=GTC),
    terms(type=LIMIT, limit_price=90, tif=OPG),
    terms(qty=None, notional=D("12.34")),
    bracket(),
    bracket(side=Side.SELL, take_profit=90, stop_loss=StopLoss(stop_price=D(105), limit_price=D(106))),
    terms(order_class=OrderClass.OTO, stop_loss=StopLoss(stop_price=D(95))),
    terms(
        order_class=OrderClass.OCO, side=Side.SELL, type=LIMIT, limit_price=110, take_profit=110,
        stop_loss=StopLoss(stop_price=D(95)),
    ),
]  # fmt: skip


@pytest.mark.parametrize("order", TAKEN, ids=range(len(TAKEN)))
def test_sound_order_is_taken(order: Terms) -> None:
    check(order, STOCK)


REFUSED = [
    (terms(type=LIMIT), 40010001, "limit orders require a limit price"),
    (terms(type=LIMIT, limit_price=9, stop_price=9), 40010001, "limit orders require no stop price"),
    (terms(type=STOP, stop_price=9, limit_price=9), 40010001, "stop orders require no limit price"),
    (terms(type=STOP_LIMIT, stop_price=9), 40010001, "stop limit orders require both stop and limit price"),
    (terms(trail_price=1), 40010001, "trail_price and trail_percent are for trailing_stop orders only"),
    (terms(type=TRAILING), 40010001, "trailing stop orders must specify one of trail_price or trail_percent"),
    (
        terms(type=TRAILING, trail_price=1, trail_percent=1),
        40010001,
        "trailing stop orders must specify one of trail_price or trail_percent",
    ),
    (
        terms(type=TRAILING, trail_price=1, stop_price=9),
        40010001,
        "trailing stop orders require no stop or limit price",
    ),
    (terms(type=TRAILING, trail_percent=100), 40010001, "trail_percent must be < 100"),
    (terms(qty=None, notional=D("1.234")), 40010001, "notional value must be limited to 2 decimal places"),
    (
        terms(type=TRAILING, trail_price=1, qty=0.5),
        42210000,
        "fractional orders must be market, limit, stop or stop_li",
    ),
    (
        terms(type=LIMIT, limit_price=9, tif=IOC, extended_hours=True),
        42210000,
        "extended hours order must be DAY or GTC",
    ),
    (bracket(type=LIMIT, limit_price=100, extended_hours=True), 42210000, "complex orders are not supported for exten"),
    (terms(type=STOP, stop_price=9, tif=OPG), 42210000, "opg orders must be market or limit orders"),
    (terms(type=TRAILING, trail_price=1, tif=IOC), 42210000, "trailing stop orders must be DAY or GTC orders"),
    (terms(take_profit=110), 42210000, "simple orders must not have take_profit or stop_loss"),
    (bracket(take_profit=None), 42210000, "bracket orders require take_profit.limit_price"),
    (bracket(order_class=OrderClass.OTO), 42210000, "oto orders require either take_profit.limit_price or stop_loss"),
    (bracket(tif=IOC), 42210000, "complex orders must be DAY or GTC orders"),
    (bracket(order_class=OrderClass.OCO), 42210000, "oco orders must be limit orders"),
    (bracket(type=STOP, stop_price=100), 40010001, "bracket orders must be market or limit orders"),
    (
        bracket(stop_loss=StopLoss(stop_price=D(95), limit_price=D(96))),
        42210000,
        "stop_loss.limit_price must be <= stop_loss.stop_price",
    ),
    (bracket(type=LIMIT, limit_price=111), 42210000, "take_profit.limit_price must be > limit_price"),
    (bracket(type=LIMIT, limit_price=94), 42210000, "stop_loss.stop_price must be < limit_price"),
    (bracket(take_profit=110.005), 42210000, "invalid take_profit.limit_price 110.005. sub-penny increment"),
]


@pytest.mark.parametrize(("order", "code", "message"), REFUSED, ids=range(len(REFUSED)))
def test_order_that_makes_no_sense_is_refused(order: Terms, code: int, message: str) -> None:
    with pytest.raises(Refused) as caught:
        check(order, STOCK)
    assert (caught.value.status, caught.value.code) == (422, code)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (terms(tif=GTC, type=LIMIT, limit_price=9, extended_hours=True), "extended hours orders are not supported"),
        (terms(tif=GTC, qty=D("1e-9") / 2), "qty must be limited to 9 decimal places"),
        (bracket(tif=GTC), "bracket orders are not supported for crypto"),
    ],
)
def test_pair_has_rules_of_its_own(order: Terms, message: str) -> None:
    with pytest.raises(Refused, match=message):
        check(order, COIN)


def test_least_cost_is_for_fractions_and_pairs() -> None:
    check_cost(terms(), STOCK, D(1), D("0.5"))  # a whole share may cost less
    with pytest.raises(Refused, match=r"minimal amount of order 1$"):
        check_cost(terms(qty=0.5), STOCK, D("0.5"), D("1.9"))
    with pytest.raises(Refused, match=r"minimal amount of order 10$"):
        check_cost(terms(tif=GTC), COIN, D("0.0001"), D(50_000))
