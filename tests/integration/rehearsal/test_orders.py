"""Orders of each type, class and time in force, placed with the official SDK and filled by bars written here."""

from decimal import Decimal

import pytest
from alpaca.trading.enums import OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    GetOrderByIdRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    StopLimitOrderRequest,
    StopLossRequest,
    StopOrderRequest,
    TakeProfitRequest,
    TrailingStopOrderRequest,
)

from tests.rehearsals.served import Served

DAY, GTC, IOC, FOK = TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
BUY, SELL = OrderSide.BUY, OrderSide.SELL


def again(exchange: Served, order: Order) -> Order:
    found = exchange.sdk.get_order_by_id(order.id)
    assert isinstance(found, Order)
    return found


def long(exchange: Served, qty: float = 10, symbol: str = "AAPL", price: str = "100") -> None:
    """Hold so much, bought at 100."""
    exchange.sdk.submit_order(MarketOrderRequest(symbol=symbol, qty=qty, side=BUY, time_in_force=DAY))
    exchange.bar(**{symbol: price})


def test_order_is_pending_new_in_its_answer_and_new_after(exchange: Served) -> None:
    order = exchange.sdk.submit_order(
        LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, limit_price=90, client_order_id="mine")
    )
    assert (order.status, order.client_order_id, order.symbol) == (OrderStatus.PENDING_NEW, "mine", "AAPL")
    assert (order.qty, order.limit_price, order.filled_qty, order.filled_avg_price) == ("1", "90", "0", None)
    assert again(exchange, order).status is OrderStatus.NEW
    assert exchange.events == ["pending_new AAPL", "new AAPL"]
    assert exchange.sdk.get_order_by_client_id("mine").id == order.id


def test_market_order_fills_at_the_next_open(exchange: Served) -> None:
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=10, side=BUY, time_in_force=DAY))
    exchange.bar(AAPL="101.5 103 101 102")
    order = again(exchange, order)
    assert (order.status, order.filled_qty, order.filled_avg_price) == (OrderStatus.FILLED, "10", "101.5")
    assert order.filled_at is not None
    assert order.filled_at > order.submitted_at


@pytest.mark.parametrize(
    ("request_", "bar", "price"),
    [
        (LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, limit_price=99), "100 100 98 98", "99"),
        (LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, limit_price=99), "98 99 97 98", "98"),
        (StopOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=GTC, stop_price=102), "100 103 99 101", "102"),
        (StopOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=GTC, stop_price=102), "104 105 99 101", "104"),
        (
            StopLimitOrderRequest(
                symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, stop_price=102, limit_price="102.5"
            ),
            "100 103 99 103",
            "102",
        ),
    ],
)
def test_bar_fills_what_it_touches(exchange: Served, request_: object, bar: str, price: str) -> None:
    order = exchange.sdk.submit_order(request_)
    exchange.bar(AAPL="100")
    assert again(exchange, order).status is OrderStatus.NEW
    exchange.bar(AAPL=bar)
    assert again(exchange, order).filled_avg_price == price


@pytest.mark.parametrize("trail", [{"trail_price": 5}, {"trail_percent": 5}])
def test_trailing_stop_follows_the_highs(exchange: Served, trail: dict[str, float]) -> None:
    long(exchange)
    order = exchange.sdk.submit_order(
        TrailingStopOrderRequest(symbol="AAPL", qty=10, side=SELL, time_in_force=GTC, **trail)
    )
    assert (order.hwm, order.stop_price) == ("100", "95")
    exchange.bar(AAPL="100 120 99 118")
    followed = again(exchange, order)
    level = "115" if "trail_price" in trail else "114"
    assert (followed.hwm, followed.stop_price, followed.status) == ("120", level, OrderStatus.NEW)
    exchange.bar(AAPL="118 118 110 112")
    assert again(exchange, order).filled_avg_price == level


def test_ioc_and_fok_have_one_open(exchange: Served) -> None:
    orders = [
        exchange.sdk.submit_order(LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=tif, limit_price=99))
        for tif in (IOC, FOK)
    ]
    exchange.bar(AAPL="100 100 98 98")
    assert [again(exchange, order).status for order in orders] == [OrderStatus.CANCELED] * 2


def test_day_order_expires_at_the_close_and_gtc_goes_on() -> None:
    with Served(start="2024-03-12T19:58:00+00:00").running() as exchange:
        day, gtc = (
            exchange.sdk.submit_order(
                LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=tif, limit_price=90)
            )
            for tif in (DAY, GTC)
        )
        exchange.bar(AAPL="100")
        exchange.bar(AAPL="100 100 91 91")
        exchange.control("clock", {"advance": 1})
        found = again(exchange, day)
        assert (found.status, found.expired_at is not None) == (OrderStatus.EXPIRED, True)
        assert again(exchange, gtc).status is OrderStatus.NEW


def test_gtc_order_is_cancelled_after_ninety_days(exchange: Served) -> None:
    order = exchange.sdk.submit_order(
        LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=GTC, limit_price=90)
    )
    order = again(exchange, order)
    assert order.expires_at is not None
    assert (order.expires_at - order.created_at).days == 90
    exchange.control("clock", {"advance": 89 * 86_400})
    assert again(exchange, order).status is OrderStatus.NEW
    exchange.control("clock", {"advance": 2 * 86_400})
    assert again(exchange, order).status is OrderStatus.CANCELED


def test_order_of_the_evening_is_accepted_and_works_from_the_open() -> None:
    with Served(start="2024-03-12T22:00:00+00:00").running() as exchange:
        order = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY))
        assert order.status is OrderStatus.ACCEPTED
        assert again(exchange, order).status is OrderStatus.ACCEPTED
        exchange.bar(AAPL="105")  # a bar of the evening
        assert again(exchange, order).status is OrderStatus.ACCEPTED
        exchange.control("clock", {"to": "2024-03-13T13:30:00Z"})
        assert again(exchange, order).status is OrderStatus.NEW
        exchange.bar(AAPL="101")
        assert again(exchange, order).filled_avg_price == "101"
        assert exchange.events == ["accepted AAPL", "new AAPL", "fill AAPL"]


def test_extended_hours_order_trades_in_the_evening() -> None:
    with Served(start="2024-03-12T22:00:00+00:00").running() as exchange:
        order = exchange.sdk.submit_order(
            LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, limit_price=101, extended_hours=True)
        )
        assert order.status is OrderStatus.PENDING_NEW
        exchange.bar(AAPL="100")
        assert again(exchange, order).filled_avg_price == "100"


def test_fraction_and_amount_of_money(exchange: Served) -> None:
    fraction = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=0.5, side=BUY, time_in_force=DAY))
    money = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", notional=250, side=BUY, time_in_force=DAY))
    assert (money.notional, money.qty) == ("250", None)
    exchange.bar(AAPL="125")
    assert again(exchange, fraction).filled_qty == "0.5"
    assert (again(exchange, money).filled_qty, again(exchange, money).status) == ("2", OrderStatus.FILLED)
    assert exchange.sdk.get_open_position("AAPL").qty == "2.5"


def test_crypto_says_its_pair_in_orders_and_not_in_positions(exchange: Served) -> None:
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="BTC/USD", qty=0.25, side=BUY, time_in_force=GTC))
    assert (order.symbol, order.asset_class.value) == ("BTC/USD", "crypto")
    exchange.bar(BTC="40000")
    position = exchange.sdk.get_open_position("BTCUSD")
    assert (position.symbol, position.qty, position.avg_entry_price) == ("BTCUSD", "0.25", "40000")
    assert exchange.http.get("/v2/positions/BTC/USD").json()["symbol"] == "BTCUSD"


def test_pair_trades_at_night_and_is_bought_with_cash_only() -> None:
    with Served(start="2024-03-10T03:00:00+00:00").running() as exchange:
        order = exchange.sdk.submit_order(
            LimitOrderRequest(symbol="BTC/USD", qty=1, side=BUY, time_in_force=GTC, limit_price=50_000)
        )
        assert order.status is OrderStatus.PENDING_NEW
        exchange.bar(BTC="50000")
        assert again(exchange, order).status is OrderStatus.FILLED


def bracket(exchange: Served, **terms: object) -> Order:
    order = exchange.sdk.submit_order(
        MarketOrderRequest(
            symbol="AAPL", qty=10, side=BUY, time_in_force=GTC, order_class="bracket",
            take_profit=TakeProfitRequest(limit_price=110), stop_loss=StopLossRequest(stop_price=95), **terms,
        )
    )  # fmt: skip
    assert isinstance(order, Order)
    return order


def nested(exchange: Served, order: Order) -> Order:
    found = exchange.sdk.get_order_by_id(order.id, GetOrderByIdRequest(nested=True))
    assert isinstance(found, Order)
    return found


def statuses(exchange: Served, order: Order) -> list[str]:
    found = nested(exchange, order)
    assert found.legs is not None
    return [found.status.value, *(leg.status.value for leg in found.legs)]


def test_bracket_holds_its_legs_until_its_entry_has_filled(exchange: Served) -> None:
    order = bracket(exchange)
    assert order.order_class.value == "bracket"
    assert order.legs is not None
    assert [(leg.type.value, leg.side.value, leg.status.value) for leg in order.legs] == [
        ("limit", "sell", "held"), ("stop", "sell", "held"),
    ]  # fmt: skip
    exchange.bar(AAPL="100")
    assert statuses(exchange, order) == ["filled", "new", "held"]
    exchange.bar(AAPL="105 111 104 110")
    assert statuses(exchange, order) == ["filled", "filled", "canceled"]
    assert exchange.sdk.get_all_positions() == []
    # The take-profit is told of, the stop that was held is not.
    assert exchange.events[-2:] == ["new AAPL", "fill AAPL"]


def test_bracket_takes_the_stop_where_a_bar_touches_both(exchange: Served) -> None:
    order = bracket(exchange)
    exchange.bar(AAPL="100")
    exchange.bar(AAPL="100 112 94 100")
    assert statuses(exchange, order) == ["filled", "canceled", "filled"]
    stop = nested(exchange, order).legs[1]  # type: ignore[index]
    assert stop.filled_avg_price == "95"


def test_part_filled_entry_that_is_cancelled_takes_its_legs_along(exchange: Served) -> None:
    exchange.fault("partial_fill", parts=2)
    order = bracket(exchange)
    exchange.bar(AAPL="100")
    assert statuses(exchange, order) == ["partially_filled", "held", "held"]
    exchange.sdk.cancel_order_by_id(order.id)
    assert statuses(exchange, order) == ["canceled", "canceled", "canceled"]
    assert exchange.sdk.get_open_position("AAPL").qty == "5"


def test_cancelling_a_leg_cancels_the_other(exchange: Served) -> None:
    order = bracket(exchange)
    exchange.bar(AAPL="100")
    legs = nested(exchange, order).legs
    assert legs is not None
    exchange.sdk.cancel_order_by_id(legs[0].id)
    assert statuses(exchange, order) == ["filled", "canceled", "canceled"]


def test_oco_exits_by_its_limit_or_its_stop(exchange: Served) -> None:
    long(exchange)
    order = exchange.sdk.submit_order(
        LimitOrderRequest(
            symbol="AAPL", qty=10, side=SELL, time_in_force=GTC, order_class="oco",
            take_profit=TakeProfitRequest(limit_price=110), stop_loss=StopLossRequest(stop_price=95, limit_price=94),
        )
    )  # fmt: skip
    assert (order.type.value, order.limit_price, len(order.legs)) == ("limit", "110", 1)
    assert statuses(exchange, order) == ["new", "held"]
    exchange.bar(AAPL="100 100 93 96")
    assert statuses(exchange, order) == ["canceled", "filled"]
    assert exchange.sdk.get_all_positions() == []


def test_oto_brings_one_leg(exchange: Served) -> None:
    order = exchange.sdk.submit_order(
        LimitOrderRequest(
            symbol="AAPL", qty=10, side=BUY, time_in_force=DAY, limit_price=99, order_class="oto",
            stop_loss=StopLossRequest(stop_price=90),
        )
    )  # fmt: skip
    assert statuses(exchange, order) == ["new", "held"]
    exchange.bar(AAPL="99")
    assert statuses(exchange, order) == ["filled", "new"]
    exchange.bar(AAPL="95 95 89 90")
    assert statuses(exchange, order) == ["filled", "filled"]


def test_legs_of_a_day_bracket_die_at_the_close_and_the_position_stays() -> None:
    with Served(start="2024-03-12T19:57:00+00:00").running() as exchange:
        order = exchange.sdk.submit_order(
            MarketOrderRequest(
                symbol="AAPL", qty=10, side=BUY, time_in_force=DAY, order_class="bracket",
                take_profit=TakeProfitRequest(limit_price=110), stop_loss=StopLossRequest(stop_price=95),
            )
        )  # fmt: skip
        for _ in range(3):
            exchange.bar(AAPL="100")
        exchange.control("clock", {"advance": 1})
        assert statuses(exchange, order) == ["filled", "expired", "expired"]
        assert exchange.sdk.get_open_position("AAPL").qty == "10"


def test_held_legs_are_seen_in_nested_lists_only(exchange: Served) -> None:
    bracket(exchange)
    exchange.bar(AAPL="100")
    flat = exchange.sdk.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN))
    assert [order.type.value for order in flat] == ["limit"]
    (parent,) = exchange.sdk.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN, nested=True))
    assert [leg.status.value for leg in parent.legs] == ["new", "held"]


def test_price_of_the_control_fills_what_it_makes_marketable(exchange: Served) -> None:
    low, high = (
        exchange.sdk.submit_order(
            LimitOrderRequest(symbol="AAPL", qty=1, side=BUY, time_in_force=DAY, limit_price=limit)
        )
        for limit in (90, 80)
    )
    exchange.control("price", {"symbol": "AAPL", "price": 85})
    assert (again(exchange, low).filled_avg_price, again(exchange, high).status) == ("85", OrderStatus.NEW)
    assert exchange.market.trades == [("AAPL", Decimal(85))]


def auction(exchange: Served, tif: str, **terms: object) -> dict[str, str]:
    body = {"symbol": "AAPL", "qty": 1, "side": "buy", "type": "market", "time_in_force": tif, **terms}
    answer = exchange.http.post("/v2/orders", json=body).json()
    assert isinstance(answer, dict)
    return answer


def test_opg_order_fills_at_the_open_or_is_cancelled() -> None:
    with Served(start="2024-03-12T13:20:00+00:00").running() as exchange:
        market, limit = auction(exchange, "opg"), auction(exchange, "opg", type="limit", limit_price=90)
        assert market["status"] == "accepted"
        exchange.control("clock", {"to": "2024-03-12T13:30:00Z"})
        assert auction(exchange, "opg")["code"] == 42210000  # too late for today, too early for tomorrow
        exchange.bar(AAPL="101 101 89 90")
        found = exchange.http.get(f"/v2/orders/{market['id']}").json()
        assert (found["status"], found["filled_avg_price"]) == ("filled", "101")
        assert exchange.http.get(f"/v2/orders/{limit['id']}").json()["status"] == "canceled"


def test_cls_order_fills_at_the_close_or_is_cancelled() -> None:
    with Served(start="2024-03-12T19:45:00+00:00").running() as exchange:
        market, limit = auction(exchange, "cls"), auction(exchange, "cls", type="limit", limit_price=90)
        exchange.control("clock", {"to": "2024-03-12T19:59:00Z"})
        assert auction(exchange, "cls")["code"] == 42210000
        exchange.bar(AAPL="101 102 89 100.5")
        found = exchange.http.get(f"/v2/orders/{market['id']}").json()
        assert (found["status"], found["filled_avg_price"]) == ("filled", "100.5")
        exchange.control("clock", {"advance": 1})
        assert exchange.http.get(f"/v2/orders/{limit['id']}").json()["status"] == "canceled"
