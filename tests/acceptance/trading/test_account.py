"""What the account shows, limits and the kill switch, over HTTP."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import ACCOUNT, PLACE, Exchange, limit_buy, standing, trading
from tests.local_exchange import LocalExchange, local_exchange

NEAR = "180"
PRICE = 185.5


@pytest.fixture(scope="module")
def local() -> Iterator[LocalExchange]:
    """One of this file's own, whose account nobody else trades in."""
    with local_exchange("--speed", "hold", "--rate", "0") as running:
        yield running


def traded(api: Api, exchange: Exchange, side: str, qty: str) -> None:
    """Buy or sell at the market."""
    order = {**PLACE, "symbol": "AAPL", "side": side, "order_type": "market", "qty": qty}
    placed = api.post("/orders", order, status=201)["id"]
    standing(api, placed, "accepted")
    exchange.trade("AAPL", PRICE)
    standing(api, placed, "filled")


def positions(api: Api) -> dict[str, dict[str, str]]:
    return {one["symbol"]: one for one in api.get("/positions", venue="alpaca", mode="paper")["items"]}


def test_venues_have_a_state_and_no_secret(api: Api, local: LocalExchange) -> None:
    text = api.http.get("/api/v1/venues").text
    assert local.key not in text
    assert local.secret not in text
    venues = {(one["id"], one["mode"]): one for one in api.get("/venues")["items"]}
    assert venues.keys() == {("alpaca", "paper"), ("alpaca", "live"), ("simulated", "paper")}
    assert venues["alpaca", "paper"]["settings"]["ALPACA_PAPER_API_KEY"] is True
    assert venues["alpaca", "paper"]["settings"]["ALPACA_LIVE_API_KEY"] is False
    assert venues["alpaca", "live"]["state"] == "idle"
    assert venues["simulated", "paper"]["of_run"] is True


def test_account_that_is_asked_for_is_connected(api: Api, exchange: Exchange) -> None:
    [account] = api.get("/account", venue="alpaca", mode="paper")["items"]
    state = exchange.ask("GET", "state")["account"]
    assert Decimal(account["cash"]) == Decimal(state["cash"])
    assert (account["account"], account["flags"], account["currency"]) == (ACCOUNT, [], "USD")
    assert {"id": "alpaca", "mode": "paper", "state": "connected"} in api.get("/healthz")["venues"]
    connected = next(one for one in api.get("/venues")["items"] if one["state"] == "connected")
    assert connected["feeds"] == {"orders": True}
    assert "WEAVER_LIVE_TRADING=1" in api.refused("GET", "/account?venue=alpaca&mode=live", status=400)
    live = next(one for one in api.get("/venues")["items"] if one["mode"] == "live")
    assert (live["state"], "WEAVER_LIVE_TRADING=1" in live["problem"]) == ("down", True)


def test_position_is_its_owners_and_what_is_left(api: Api, exchange: Exchange) -> None:
    traded(api, exchange, "buy", "4")
    exchange.trade("AAPL", 186.5)
    api.post("/reconciliation", {})  # the newest price comes with a look
    held = positions(api)["AAPL"]
    [owner] = held["owners"]
    assert (held["quantity"], owner["quantity"], owner["run_id"], held["remainder"]) == ("4", "4", None, "0")
    assert (owner["cost"], owner["market_value"], owner["unrealised_pnl"]) == ("742", "746", "4")
    portfolio = api.get("/portfolio/equity")
    [mine] = portfolio["accounts"][0]["owners"]
    assert (mine["cash"], mine["equity"], mine["pnl"]) == ("-742", "4", "4")
    traded(api, exchange, "sell", "4")
    assert positions(api) == {}


def test_limit_is_changed_used_and_remembered(api: Api, exchange: Exchange) -> None:
    changed = api.call("PUT", "/risk", status=200, json={"account": ACCOUNT, "limits": {"order_max": "0.001"}})
    assert changed["limits"]["order_max"] == "0.001"
    before = exchange.sent()
    assert "limit is 0.1 %" in api.refused("POST", "/orders", status=409, json=limit_buy(NEAR))
    assert exchange.sent() == before
    risk = api.get("/risk")
    assert risk["refusals"][0]["payload"]["rule"] == "order_max"
    assert {one["name"] for one in risk["fields"]} == risk["accounts"][0]["limits"].keys()
    for wrong, reason in (
        ({"order_max": "-1"}, "from 0.0001"),
        ({"size": 1}, "no limit 'size'"),
        ({}, "changes nothing"),
    ):
        status = 422 if not wrong else 400
        told = api.refused("PUT", "/risk", status=status, json={"account": ACCOUNT, "limits": wrong})
        assert reason in told
    assert "no account 'nix'" in api.refused("PUT", "/risk", status=400, json={"account": "nix", "limits": {"a": 1}})
    release = {"account": ACCOUNT, "release": [{"scope": "run", "name": "none"}]}
    assert "has no halt" in api.refused("PUT", "/risk", status=404, json=release)
    api.call("PUT", "/risk", status=200, json={"account": ACCOUNT, "limits": {"order_max": 1}})


def test_kill_switch_ends_entries_closes_positions_and_lets_exits_through(api: Api, exchange: Exchange) -> None:
    traded(api, exchange, "buy", "4")
    resting = api.post("/orders", limit_buy(NEAR), status=201)["id"]
    standing(api, resting, "accepted")
    api.post("/risk/kill-switch", {"reason": "enough"})
    assert standing(api, resting, "cancelled")["reason"] == "the kill switch was turned on"
    before = exchange.sent()
    assert "kill switch is on: enough" in api.refused("POST", "/orders", status=409, json=limit_buy(NEAR))
    assert exchange.sent() == before
    traded(api, exchange, "sell", "1")  # it only reduces
    api.post("/risk/kill-switch", {"flatten": True})
    closing = next(one for one in api.pages("/orders") if one["id"].startswith("manual-flat-AAPL"))
    standing(api, closing["id"], "accepted")
    exchange.trade("AAPL", PRICE)
    assert standing(api, closing["id"], "filled")["quantity"] == "3"
    assert positions(api) == {}
    assert api.call("DELETE", "/risk/kill-switch", status=200)["is_on"] is False
    api.call("DELETE", f"/orders/{api.post('/orders', limit_buy(NEAR), status=201)['id']}", status=200)
    told = [one["type"] for one in api.events(0) if one["type"].startswith("risk.KillSwitch")]
    assert told == ["risk.KillSwitchOn", "risk.KillSwitchOn", "risk.KillSwitchOff"]


def test_kill_switch_outlives_the_server(local: LocalExchange, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It was turned before any account was opened, and the server was killed."""
    with trading(tmp_path_factory.mktemp("killed") / "home", local) as (server, api):
        api.post("/risk/kill-switch", {"reason": "enough", "account": None})
        server.kill()
        server.start()
        with Api(server.url) as again:
            assert again.get("/risk")["kill_switch"]["is_on"] is True
            assert "kill switch is on" in again.refused("POST", "/orders", status=409, json=limit_buy(NEAR))
            again.call("DELETE", "/risk/kill-switch", status=200, json={"reason": "calm again"})
            placed = again.post("/orders", limit_buy(NEAR), status=201)["id"]
            again.call("DELETE", f"/orders/{placed}", status=200)
