"""Orders by hand, over HTTP, judged by the exchange's journal."""

from pathlib import Path

import pytest

from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import ACCOUNT, PLACE, Exchange, limit_buy, migrated, standing, trading
from tests.local_exchange import LocalExchange
from weaver.glados.schemas.trading.orders import PlaceOrderRequest

NEAR = "180"
"""Below AAPL's price there, and within the collar."""
MARKET = {**PLACE, "symbol": "AAPL", "side": "buy", "order_type": "market", "qty": "2"}


def test_order_past_a_limit_is_refused_and_stands_in_the_log(api: Api, exchange: Exchange) -> None:
    before, newest = exchange.sent(), api.newest()
    told = api.refused("POST", "/orders", status=409, json=limit_buy("10"))
    assert "the account's limit is 10 %" in told
    refusal = next(one for one in api.events(newest) if one["type"] == "risk.Refused")["payload"]
    assert (refusal["rule"], refusal["account"]) == ("price_collar", ACCOUNT)
    assert api.get(f"/orders/{refusal['order_id']}")["status"] == "rejected"
    assert exchange.sent() == before


def test_same_words_twice_are_one_order(api: Api, exchange: Exchange) -> None:
    body = limit_buy(NEAR, client_order_id="mine")
    first = api.post("/orders", body, status=201)
    sent = standing(api, first["id"], "accepted")["submissions"][0]["id"]
    count = len(exchange.sent())
    assert api.post("/orders", body)["id"] == first["id"]
    assert api.post("/orders", body | {"qty": "3.0"})["id"] == first["id"]  # the same number
    assert "that of another order" in api.refused("POST", "/orders", status=409, json=body | {"qty": "4"})
    assert len(exchange.sent()) == count
    assert exchange.sent()[-1]["client_order_id"] == sent
    api.call("DELETE", f"/orders/{first['id']}", status=200)
    standing(api, first["id"], "cancelled")
    assert api.post("/orders", body)["status"] == "cancelled"  # also when it is over


def test_replaced_order_is_another_in_its_place(api: Api, exchange: Exchange) -> None:
    old = api.post("/orders", limit_buy(NEAR), status=201)["id"]
    standing(api, old, "accepted")
    changes = {"limit_price": "181", "qty": "5", "client_order_id": "second"}
    new = api.call("PATCH", f"/orders/{old}", status=200, json=changes)
    assert (new["limit_price"], new["quantity"], new["replaces"]) == ("181", "5", old)
    assert standing(api, new["id"], "accepted")["submissions"][0]["venue_id"]
    assert standing(api, old, "cancelled")["replaced_by"] == new["id"]
    count = len(exchange.sent())
    assert api.call("PATCH", f"/orders/{old}", status=200, json=changes)["id"] == new["id"]
    assert "that of another" in api.refused("PATCH", f"/orders/{old}", status=409, json=changes | {"qty": "6"})
    assert "is cancelled" in api.refused("PATCH", f"/orders/{old}", status=409, json={"qty": "1"})
    assert "changes nothing" in api.refused("PATCH", f"/orders/{new['id']}", status=422, json={})
    told = api.refused("PATCH", f"/orders/{new['id']}", status=400, json={"stop_price": "170"})
    assert "takes limit_price, and was given" in told
    assert len(exchange.sent()) == count
    api.call("DELETE", f"/orders/{new['id']}", status=200)
    standing(api, new["id"], "cancelled")


BRACKET = limit_buy(NEAR, order_class="bracket", take_profit={"limit_price": "250"}, stop_loss={"stop_price": "150"})
TRAILING = {**MARKET, "side": "buy", "order_type": "trailing_stop", "trail_percent": "2", "time_in_force": "gtc"}


@pytest.mark.parametrize(
    ("order", "changes", "reason"),
    [
        (BRACKET, {"qty": "2.5"}, "whole"),
        (BRACKET, {"time_in_force": "ioc"}, "day, gtc or gtd only"),
        (BRACKET, {"limit_price": "149"}, "the stop-loss 150 must be below the limit 149"),
        (BRACKET, {"limit_price": NEAR, "qty": "3"}, "changes nothing"),
        (TRAILING, {"trail": "3"}, "not both"),
        (TRAILING, {"stop_price": "190"}, "takes trail or trail_percent, and was given stop_price"),
        (TRAILING, {"trail_percent": "2.0"}, "changes nothing"),
    ],
)
def test_change_is_looked_at_as_a_new_order_is(
    api: Api, exchange: Exchange, order: dict[str, str], changes: dict[str, str], reason: str
) -> None:
    placed = api.post("/orders", order, status=201)["id"]
    before, sent = standing(api, placed, "accepted"), exchange.sent()
    assert reason in api.refused("PATCH", f"/orders/{placed}", status=400, json=changes)
    assert (api.get(f"/orders/{placed}"), exchange.sent()) == (before, sent)
    api.call("DELETE", f"/orders/{placed}", status=200)
    standing(api, placed, "cancelled")


def test_bracket_has_its_legs_and_fills(api: Api, exchange: Exchange) -> None:
    legs = {"take_profit": {"limit_price": "250"}, "stop_loss": {"stop_price": "150"}}
    order = api.post("/orders", MARKET | {"order_class": "bracket", **legs}, status=201)
    assert order["expires_at"]  # the venue has one time in force for all of it, and the exits are gtc
    standing(api, order["id"], "accepted")
    exchange.trade("AAPL", 185.5)
    filled = standing(api, order["id"], "filled")
    assert [(one["quantity"], one["side"]) for one in filled["fills"]] == [("2", "buy")]
    shown = {one["id"].rpartition("-")[2]: one for one in api.pages("/orders") if one["parent_id"] == order["id"]}
    assert (shown["tp"]["limit_price"], shown["sl"]["stop_price"]) == ("250", "150")


def test_exit_of_an_all_day_bracket_stays_for_the_day_and_its_price_can_be_changed(
    api: Api, exchange: Exchange
) -> None:
    """Alpaca has one time in force for a whole bracket: one exit that lasts would be left behind by the other."""
    legs = {"take_profit": {"limit_price": "250"}, "stop_loss": {"stop_price": "150"}}
    order = api.post("/orders", MARKET | {"order_class": "bracket", "exit_time_in_force": "day", **legs}, status=201)
    standing(api, order["id"], "accepted")
    exchange.trade("AAPL", 185.5)
    standing(api, order["id"], "filled")
    target, stop, sent = f"{order['id']}-tp", f"{order['id']}-sl", exchange.sent()
    before = standing(api, target, "accepted")
    for leg in (target, stop):
        told = api.refused("PATCH", f"/orders/{leg}", status=400, json={"time_in_force": "gtc"})
        assert f"{leg} is day, as what is held with it: the venue has one time in force for all of them" in told
    assert (api.get(f"/orders/{target}"), exchange.sent()) == (before, sent)
    new = api.call("PATCH", f"/orders/{target}", status=200, json={"limit_price": "251"})
    assert standing(api, new["id"], "accepted")["time_in_force"] == "day"
    assert standing(api, target, "cancelled")["replaced_by"] == new["id"]


def test_fill_that_was_never_told_is_found_by_looking(api: Api, exchange: Exchange) -> None:
    order = api.post("/orders", MARKET, status=201)
    standing(api, order["id"], "accepted")
    exchange.ask("POST", "faults", json={"kind": "lose_update", "times": 5})
    exchange.trade("AAPL", 185.5)
    found = api.post(f"/orders/{order['id']}/sync")
    exchange.ask("DELETE", "faults")
    assert (found["status"], found["filled_quantity"], len(found["fills"])) == ("filled", "2", 1)
    assert "no order" in api.refused("POST", "/orders/none/sync", status=404)
    assert "no order" in api.refused("DELETE", "/orders/none", status=404)


def test_order_while_the_venue_is_away_is_503(local: LocalExchange, exchange: Exchange, tmp_path: Path) -> None:
    exchange.ask(
        "POST", "faults", json={"kind": "status", "code": 503, "times": 1000, "match": {"path": "/v2/account"}}
    )
    try:
        with trading(tmp_path / "home", local) as (_, api):
            before = exchange.sent()
            assert api.refused("POST", "/orders", status=503, json=limit_buy(NEAR))
            assert exchange.sent() == before
    finally:
        exchange.ask("DELETE", "faults")


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
def test_orders_outlive_a_restart(
    storage: str, local: LocalExchange, exchange: Exchange, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    more = {} if storage == "sqlite" else {"DB_URL": migrated(request.getfixturevalue("empty_postgres_url"))}
    with trading(tmp_path / "home", local, **more) as (server, api):
        assert api.get("/healthz")["storage"] == storage
        placed = api.post("/orders", limit_buy(NEAR, client_order_id=f"kept on {storage}"), status=201)["id"]
        before = standing(api, placed, "accepted")
        assert server.stop() == 0
        server.start()
        with Api(server.url) as again:
            query = {"venue": "alpaca", "mode": "paper", "client_order_id": f"kept on {storage}"}
            assert [one["id"] for one in again.pages("/orders", **query)] == [placed]
            assert again.pages("/orders", mode="live") == []
            kept = again.get(f"/orders/{placed}")
            assert kept == before
            again.call("DELETE", f"/orders/{placed}", status=200)
            standing(again, placed, "cancelled")
            assert [one["status"] for one in again.pages("/orders", **query)] == ["cancelled"]
            again.post("/orders", limit_buy(NEAR, client_order_id=f"kept on {storage}"))  # 200, nothing is sent
    sent = [one for one in exchange.sent() if placed in (one["client_order_id"], one["path"])]
    assert [one["method"] for one in sent] == ["POST", "DELETE"]


def test_every_field_of_an_order_is_described() -> None:
    assert all(field.description for field in PlaceOrderRequest.model_fields.values())
