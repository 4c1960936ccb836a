"""Orders cancelled and replaced, positions closed."""

from uuid import uuid4

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.enums import OrderStatus
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetOrderByIdRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    TrailingStopOrderRequest,
)

from tests.rehearsals.served import Served


def resting(exchange: Served, **changes: object) -> Order:
    terms = {"symbol": "AAPL", "qty": 10, "side": "buy", "time_in_force": "gtc", "limit_price": 90, **changes}
    order = exchange.sdk.submit_order(LimitOrderRequest(**terms))
    assert isinstance(order, Order)
    return order


def long(exchange: Served, qty: float = 10) -> None:
    exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=qty, side="buy", time_in_force="day"))
    exchange.bar(AAPL="100")


def test_cancelled_order_is_told_of_and_cannot_be_cancelled_again(exchange: Served) -> None:
    order = resting(exchange)
    exchange.sdk.cancel_order_by_id(order.id)
    found = exchange.sdk.get_order_by_id(order.id)
    assert (found.status, found.canceled_at is not None) == (OrderStatus.CANCELED, True)
    assert exchange.events[-1] == "canceled AAPL"
    answer = exchange.http.delete(f"/v2/orders/{order.id}")
    assert (answer.status_code, answer.json()) == (
        422, {"code": 42210000, "message": 'order is already in "canceled" state'},
    )  # fmt: skip


def test_cancel_answers_with_nothing(exchange: Served) -> None:
    answer = exchange.http.delete(f"/v2/orders/{resting(exchange).id}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_order_that_is_not_there(exchange: Served, method: str) -> None:
    answer = exchange.http.request(method, f"/v2/orders/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, 40410000)
    assert "order not found" in answer.json()["message"]
    assert exchange.http.get("/v2/orders:by_client_order_id", params={"client_order_id": "no"}).status_code == 404


def test_all_orders_are_cancelled_at_once(exchange: Served) -> None:
    ids = {resting(exchange).id for _ in range(3)}
    found = exchange.sdk.cancel_orders()
    assert {(one.id, one.status) for one in found} == {(id, 200) for id in ids}
    assert exchange.http.delete("/v2/orders").status_code == 207
    assert exchange.sdk.get_orders() == []


def test_replacement_is_a_new_order(exchange: Served) -> None:
    old = resting(exchange)
    new = exchange.sdk.replace_order_by_id(old.id, ReplaceOrderRequest(qty=5, limit_price=91, client_order_id="second"))
    assert (new.replaces, new.qty, new.limit_price, new.client_order_id) == (old.id, "5", "91", "second")
    assert new.id != old.id
    found = exchange.sdk.get_order_by_id(old.id)
    assert (found.status, found.replaced_by, found.replaced_at is not None) == (OrderStatus.REPLACED, new.id, True)
    assert exchange.sdk.get_order_by_id(new.id).status is OrderStatus.NEW
    assert exchange.events[2:] == ["replaced AAPL", "pending_new AAPL", "new AAPL"]
    exchange.bar(AAPL="91")
    assert exchange.sdk.get_order_by_id(new.id).filled_qty == "5"
    assert exchange.sdk.get_open_position("AAPL").qty == "5"


def test_replacement_of_a_part_filled_order_is_for_the_rest(exchange: Served) -> None:
    exchange.fault("partial_fill", parts=2)
    old = resting(exchange, limit_price=100)
    exchange.bar(AAPL="100")
    new = exchange.sdk.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=99))
    assert (new.qty, new.filled_qty) == ("5", "0")
    assert exchange.sdk.get_order_by_id(old.id).filled_qty == "5"


def test_trail_is_replaced_and_keeps_its_mark(exchange: Served) -> None:
    long(exchange)
    old = exchange.sdk.submit_order(
        TrailingStopOrderRequest(symbol="AAPL", qty=10, side="sell", time_in_force="gtc", trail_price=5)
    )
    exchange.bar(AAPL="100 120 99 118")
    new = exchange.sdk.replace_order_by_id(old.id, ReplaceOrderRequest(trail=10))
    assert (new.trail_price, new.hwm, new.stop_price) == ("10", "120", "110")


def test_leg_is_replaced_in_its_family(exchange: Served) -> None:
    entry = exchange.sdk.submit_order(
        MarketOrderRequest(
            symbol="AAPL", qty=10, side="buy", time_in_force="gtc", order_class="bracket",
            take_profit={"limit_price": 110}, stop_loss={"stop_price": 90},
        )
    )  # fmt: skip
    exchange.bar(AAPL="100")
    stop = entry.legs[1]
    new = exchange.sdk.replace_order_by_id(stop.id, ReplaceOrderRequest(stop_price=95))
    legs = exchange.sdk.get_order_by_id(entry.id, GetOrderByIdRequest(nested=True)).legs
    assert [(leg.id, leg.status.value) for leg in legs] == [(entry.legs[0].id, "new"), (new.id, "held")]
    exchange.bar(AAPL="97 97 94 96")
    legs = exchange.sdk.get_order_by_id(entry.id, GetOrderByIdRequest(nested=True)).legs
    assert [(leg.status.value, leg.filled_avg_price) for leg in legs] == [("canceled", None), ("filled", "95")]


def test_replacement_is_refused_where_it_cannot_be(exchange: Served) -> None:
    order = resting(exchange)
    unchanged = exchange.http.patch(f"/v2/orders/{order.id}", json={"limit_price": "90"})
    assert (unchanged.status_code, unchanged.json()["message"]) == (422, "order parameters are not changed")
    sub_penny = exchange.http.patch(f"/v2/orders/{order.id}", json={"limit_price": 90.001})
    assert sub_penny.json()["code"] == 42210000
    too_dear = exchange.http.patch(f"/v2/orders/{order.id}", json={"qty": 5000})
    assert too_dear.json()["message"] == "insufficient buying power"
    exchange.sdk.cancel_order_by_id(order.id)
    closed = exchange.http.patch(f"/v2/orders/{order.id}", json={"limit_price": 91})
    assert (closed.status_code, closed.json()["message"]) == (422, 'order is already in "canceled" state')


def test_order_of_the_evening_cannot_be_replaced() -> None:
    with Served(start="2024-03-12T22:00:00+00:00").running() as exchange:
        order = resting(exchange)
        answer = exchange.http.patch(f"/v2/orders/{order.id}", json={"limit_price": 91})
        assert (answer.status_code, answer.json()) == (
            422, {"code": 42210000, "message": "cannot replace order in accepted status"},
        )  # fmt: skip
        exchange.sdk.cancel_order_by_id(order.id)
        assert exchange.sdk.get_order_by_id(order.id).status is OrderStatus.CANCELED


def test_order_for_money_cannot_be_replaced(exchange: Served) -> None:
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", notional=100, side="buy", time_in_force="day"))
    assert exchange.http.patch(f"/v2/orders/{order.id}", json={"qty": 1}).status_code == 422


def test_position_is_closed_whole_or_in_part(exchange: Served) -> None:
    long(exchange)
    exchange.sdk.close_position("AAPL", ClosePositionRequest(percentage="30"))
    exchange.bar(AAPL="100")
    assert exchange.sdk.get_open_position("AAPL").qty == "7"
    exchange.sdk.close_position("AAPL", ClosePositionRequest(qty="2"))
    exchange.bar(AAPL="100")
    order = exchange.sdk.close_position("AAPL")
    assert (order.qty, order.side.value, order.type.value) == ("5", "sell", "market")
    exchange.bar(AAPL="100")
    with pytest.raises(APIError) as caught:
        exchange.sdk.get_open_position("AAPL")
    assert (caught.value.status_code, caught.value.code) == (404, 40410000)
    assert caught.value.message == "position does not exist"


def test_all_positions_are_closed_and_what_holds_them_is_cancelled(exchange: Served) -> None:
    long(exchange)
    resting(exchange, side="sell", limit_price=120)
    (refused,) = exchange.http.delete("/v2/positions").json()
    assert (refused["status"], refused["body"]["available"]) == (403, "0")
    (closed,) = exchange.sdk.close_all_positions(cancel_orders=True)
    assert (closed.symbol, closed.status) == ("AAPL", 200)
    exchange.bar(AAPL="100")
    assert exchange.sdk.get_all_positions() == []
    assert exchange.sdk.get_orders() == []


def test_pair_is_closed_by_its_positions_name(exchange: Served) -> None:
    exchange.sdk.submit_order(MarketOrderRequest(symbol="BTC/USD", qty=0.5, side="buy", time_in_force="gtc"))
    exchange.bar(BTC="40000")
    exchange.sdk.close_position("BTCUSD")
    exchange.bar(BTC="41000")
    assert exchange.sdk.get_account().cash == "100500"


def test_entry_is_replaced_and_its_legs_follow_the_new_one(exchange: Served) -> None:
    old = resting(exchange, order_class="bracket", take_profit={"limit_price": 110}, stop_loss={"stop_price": 80})
    new = exchange.sdk.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=95, qty=4))
    assert new.order_class.value == "bracket"
    exchange.bar(AAPL="95")
    found = exchange.sdk.get_order_by_id(new.id, GetOrderByIdRequest(nested=True))
    assert [(leg.status.value, leg.qty) for leg in found.legs] == [("new", "4"), ("held", "4")]
    exchange.bar(AAPL="112")
    assert exchange.sdk.get_all_positions() == []


def test_head_of_an_oco_is_replaced_and_keeps_its_stop(exchange: Served) -> None:
    long(exchange)
    old = resting(
        exchange, side="sell", limit_price=None, order_class="oco", take_profit={"limit_price": 120},
        stop_loss={"stop_price": 80},
    )  # fmt: skip
    new = exchange.sdk.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=105))
    found = exchange.sdk.get_order_by_id(new.id, GetOrderByIdRequest(nested=True))
    assert (found.limit_price, [leg.status.value for leg in found.legs]) == ("105", ["held"])
    exchange.bar(AAPL="106")
    assert exchange.sdk.get_order_by_id(new.id).status is OrderStatus.FILLED
    assert exchange.sdk.get_order_by_id(old.legs[0].id).status is OrderStatus.CANCELED


def test_leg_that_the_exchange_replaces_by_itself_stays_in_its_family(exchange: Served) -> None:
    entry = resting(
        exchange, limit_price=100, order_class="bracket", take_profit={"limit_price": 110}, stop_loss={"stop_price": 80}
    )
    exchange.bar(AAPL="100")
    profit = entry.legs[0]
    exchange.fault("venue_replace", id=str(profit.id))
    replaced = exchange.sdk.get_order_by_id(profit.id)
    assert replaced.status is OrderStatus.REPLACED
    legs = exchange.sdk.get_order_by_id(entry.id, GetOrderByIdRequest(nested=True)).legs
    assert [(leg.replaces, leg.status.value) for leg in legs] == [(profit.id, "new"), (None, "held")]
