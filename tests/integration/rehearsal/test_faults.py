"""Each kind of fault, set by the control and seen by a client."""

import time

import httpx
import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.enums import OrderStatus
from alpaca.trading.models import Order
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest

from tests.rehearsals.served import Served
from weaver.rehearsal.faults.kinds import KINDS

BODY = {
    "symbol": "AAPL", "qty": 10, "side": "buy", "type": "limit", "time_in_force": "gtc", "limit_price": 90,
    "client_order_id": "mine",
}  # fmt: skip
PLACING = {"method": "POST", "path": "/v2/orders"}


def market(exchange: Served, qty: float = 10) -> Order:
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=qty, side="buy", time_in_force="day"))
    assert isinstance(order, Order)
    return order


def status(exchange: Served, order: Order) -> str:
    return str(exchange.sdk.get_order_by_id(order.id).status.value)


def test_contract_has_these_kinds() -> None:
    contract = (
        "delay answer_lost status rate_limit empty partial_fill late_reject stuck_cancel venue_replace unrelated_ids "
        "duplicate_update reorder_updates lose_update update_before_answer disconnect mute refuse_connection halt "
        "split late_bar corrected_bar skew drop_legs asset_flags new_account"
    )
    assert set(contract.split()) <= set(KINDS)


@pytest.mark.parametrize("acted", [True, False])
def test_answer_lost_before_or_after_the_exchange_acted(exchange: Served, acted: bool) -> None:
    exchange.fault("answer_lost", acted=acted, match=PLACING)
    with pytest.raises(httpx.RemoteProtocolError):
        exchange.http.post("/v2/orders", json=BODY)
    found = exchange.http.get("/v2/orders:by_client_order_id", params={"client_order_id": "mine"})
    assert found.status_code == (200 if acted else 404)
    (entry, _) = exchange.journal.after(0)
    assert (entry["status"], entry["acted"], entry["fault"]) == (None, acted, "answer_lost")
    assert exchange.http.post("/v2/orders", json={**BODY, "client_order_id": "next"}).status_code == 200


def test_status_in_place_of_an_answer(exchange: Served) -> None:
    exchange.fault("status", code=503, times=2, match=PLACING)
    assert [exchange.http.post("/v2/orders", json=BODY).status_code for _ in range(3)] == [503, 503, 200]
    assert exchange.http.get("/v2/account").status_code == 200


def test_status_although_the_exchange_acted(exchange: Served) -> None:
    exchange.fault("status", code=500, acted=True, match=PLACING)
    assert exchange.http.post("/v2/orders", json=BODY).status_code == 500
    assert exchange.sdk.get_order_by_client_id("mine").status is OrderStatus.NEW


def test_delay_acts_and_answers_late(exchange: Served) -> None:
    exchange.fault("delay", seconds=60, match=PLACING)
    with pytest.raises(httpx.ReadTimeout):
        exchange.http.post("/v2/orders", json=BODY, timeout=httpx.Timeout(60, read=3))
    assert exchange.sdk.get_order_by_client_id("mine").status is OrderStatus.NEW


def test_update_goes_before_the_answer_that_causes_one(exchange: Served) -> None:
    exchange.fault("update_before_answer")
    assert exchange.http.get("/v2/clock").status_code == 200  # causes none, and does not use it up
    begun = time.perf_counter()
    assert exchange.http.post("/v2/orders", json=BODY).status_code == 200
    assert time.perf_counter() - begun > 0.05
    assert exchange.events == ["pending_new AAPL", "new AAPL"]
    assert exchange.http.get("/_control/faults").json() == []


def test_rate_limit_by_fault(exchange: Served) -> None:
    exchange.fault("rate_limit", per_minute=2)
    assert [exchange.http.get("/v2/clock").status_code for _ in range(3)] == [200, 200, 429]
    exchange.http.delete("/_control/faults")
    assert exchange.http.get("/v2/clock").status_code == 200


def test_empty_answer(exchange: Served) -> None:
    market(exchange)
    exchange.bar(AAPL="100")
    exchange.fault("empty", match={"path": "/v2/positions"})
    assert exchange.sdk.get_all_positions() == []
    assert len(exchange.sdk.get_all_positions()) == 1


def test_skewed_clock(exchange: Served) -> None:
    exchange.fault("skew", seconds=-40)
    assert exchange.http.get("/v2/clock").json()["timestamp"] == "2024-03-12T10:29:20.001000-04:00"


def test_partial_fill_in_so_many_parts(exchange: Served) -> None:
    exchange.fault("partial_fill", parts=3)
    order = market(exchange)
    seen = []
    for _ in range(3):
        exchange.bar(AAPL="100")
        seen.append((exchange.sdk.get_order_by_id(order.id).filled_qty, status(exchange, order)))
    assert seen == [("4", "partially_filled"), ("8", "partially_filled"), ("10", "filled")]
    assert exchange.events[2:] == ["partial_fill AAPL", "partial_fill AAPL", "fill AAPL"]


def test_a_coin_fills_in_parts_as_well(exchange: Served) -> None:
    exchange.fault("partial_fill", parts=4)
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="BTC/USD", qty=1, side="buy", time_in_force="gtc"))
    assert isinstance(order, Order)
    seen = []
    for _ in range(4):
        exchange.bar(BTC="50000")
        seen.append(exchange.sdk.get_order_by_id(order.id).filled_qty)
    assert seen == ["0.25", "0.5", "0.75", "1"]


def test_late_reject_comes_after_a_good_answer(exchange: Served) -> None:
    exchange.fault("late_reject")
    order = market(exchange)
    assert order.status is OrderStatus.PENDING_NEW
    found = exchange.sdk.get_order_by_id(order.id)
    assert (found.status, found.failed_at is not None) == (OrderStatus.REJECTED, True)
    assert exchange.events == ["rejected AAPL"]


def test_stuck_cancel_stays_open_and_may_fill(exchange: Served) -> None:
    exchange.fault("stuck_cancel")
    order = market(exchange)
    assert exchange.http.delete(f"/v2/orders/{order.id}").status_code == 204
    assert status(exchange, order) == "pending_cancel"
    with pytest.raises(APIError, match="cannot replace order in pending_cancel status"):
        exchange.sdk.replace_order_by_id(order.id, ReplaceOrderRequest(qty=5))
    exchange.bar(AAPL="100")
    assert status(exchange, order) == "filled"


def test_stuck_cancel_asked_again_cancels(exchange: Served) -> None:
    exchange.fault("stuck_cancel")
    order = market(exchange)
    for _ in range(2):
        exchange.sdk.cancel_order_by_id(order.id)
    assert status(exchange, order) == "canceled"


def test_venue_replaces_an_order_by_itself(exchange: Served) -> None:
    order = exchange.sdk.submit_order(
        LimitOrderRequest(symbol="AAPL", qty=10, side="buy", time_in_force="gtc", limit_price=90)
    )
    exchange.fault("venue_replace")
    old = exchange.sdk.get_order_by_id(order.id)
    assert old.status is OrderStatus.REPLACED
    new = exchange.sdk.get_order_by_id(old.replaced_by)
    assert (new.replaces, new.limit_price, new.status) == (order.id, "90", OrderStatus.NEW)
    assert new.client_order_id != order.client_order_id


def test_venue_replaces_the_next_order_where_there_is_none(exchange: Served) -> None:
    exchange.fault("venue_replace")
    assert status(exchange, market(exchange)) == "replaced"
    assert status(exchange, market(exchange)) == "new"


def test_activities_and_updates_with_unrelated_ids(exchange: Served) -> None:
    exchange.fault("unrelated_ids")
    market(exchange)
    exchange.bar(AAPL="100")
    (activity,) = exchange.sdk.get("/account/activities/FILL", {})
    told = next(one for one in exchange.updates if one["event"] == "fill")
    assert activity["id"].partition("::")[2] != told["execution_id"]


def test_update_lost_doubled_and_out_of_order(exchange: Served) -> None:
    exchange.fault("lose_update", event="fill")
    exchange.fault("duplicate_update", event="new")
    market(exchange)
    exchange.bar(AAPL="100")
    assert exchange.events == ["pending_new AAPL", "new AAPL", "new AAPL"]
    exchange.fault("reorder_updates", event="new")
    market(exchange)
    exchange.bar(AAPL="100")
    assert exchange.events[3:] == ["pending_new AAPL", "fill AAPL", "new AAPL"]


def test_drop_legs_takes_the_order_without_them(exchange: Served) -> None:
    exchange.fault("drop_legs")
    order = exchange.sdk.submit_order(
        MarketOrderRequest(
            symbol="AAPL", qty=10, side="buy", time_in_force="gtc", order_class="bracket",
            take_profit={"limit_price": 110}, stop_loss={"stop_price": 90},
        )
    )  # fmt: skip
    assert order.legs is None
    exchange.bar(AAPL="100")
    assert exchange.sdk.get_orders() == []
    assert exchange.sdk.get_open_position("AAPL").qty == "10"


def test_new_account_has_another_id(exchange: Served) -> None:
    before = exchange.sdk.get_account()
    exchange.fault("new_account")
    after = exchange.sdk.get_account()
    assert (after.id != before.id, after.account_number != before.account_number) == (True, True)


@pytest.mark.parametrize("adjusts", [False, True])
def test_split_scales_the_holding_and_orders_only_if_asked(exchange: Served, adjusts: bool) -> None:
    market(exchange)
    exchange.bar(AAPL="100")
    stop = exchange.http.post(
        "/v2/orders", json={**BODY, "side": "sell", "type": "stop", "stop_price": 80, "limit_price": None}
    ).json()
    exchange.fault("split", symbol="AAPL", ratio="4:1", adjust_orders=adjusts)
    position = exchange.sdk.get_open_position("AAPL")
    assert (position.qty, position.avg_entry_price, position.current_price) == ("40", "25", "25")
    found = exchange.sdk.get_order_by_id(stop["id"])
    assert (found.qty, found.stop_price) == (("40", "20") if adjusts else ("10", "80"))
    exchange.bar(AAPL="25")
    assert exchange.sdk.get_order_by_id(stop["id"]).status is (OrderStatus.NEW if adjusts else OrderStatus.FILLED)


def test_halted_symbol_does_not_trade(exchange: Served) -> None:
    fault = exchange.control("faults", {"kind": "halt", "symbol": "AAPL"})
    order = market(exchange)
    exchange.control("price", {"symbol": "AAPL", "price": 100})
    assert status(exchange, order) == "new"
    exchange.http.delete(f"/_control/faults/{fault['id']}")  # type: ignore[index]
    exchange.control("price", {"symbol": "AAPL", "price": 100})
    assert status(exchange, order) == "filled"


def test_disconnect_acts_at_once(exchange: Served) -> None:
    exchange.fault("disconnect", match={"path": "/stream"})
    assert exchange.sockets.disconnected == ["/stream"]
    assert exchange.http.get("/_control/state").json()["faults"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "earthquake"},
        {},
        {"kind": "delay", "seconds": "long"},
        {"kind": "delay", "times": 0},
        {"kind": "halt"},
        {"kind": "split", "symbol": "AAPL", "ratio": "0"},
        {"kind": "delay", "match": []},
        {"kind": "status", "code": 9999},
        {"kind": "refuse_connection", "code": 200},
        {"kind": "partial_fill", "parts": 0},
        {"kind": "late_bar", "seconds": -1},
        {"kind": "rate_limit", "per_minute": "nan"},
        {"kind": "corrected_bar", "values": {"c": -5}},
        {"kind": "split", "symbol": "AAPL", "ratio": False},
        {"kind": "split", "symbol": "AAPL", "ratio": "1e-30"},
        {"kind": "split", "symbol": "AAPL", "ratio": 1e9},
        {"kind": "corrected_bar", "values": {"c": "high"}},
        {"kind": "asset_flags", "tradable": 1},
    ],
)
def test_what_is_no_fault_is_refused(exchange: Served, body: dict[str, object]) -> None:
    assert exchange.http.post("/_control/faults", json=body).status_code == 422
    assert exchange.http.delete("/_control/faults/none").status_code == 404


def test_what_means_nothing_is_told(exchange: Served) -> None:
    exchange.fault("corrected_bar", times=1, values={"c": 100.5})
    exchange.http.delete("/_control/faults")
    found = exchange.control("faults", {"kind": "delay", "colour": "blue"})
    assert found["ignored"] == ["colour"]  # type: ignore[index]
    assert exchange.http.get("/_control/faults").json() == [found]
