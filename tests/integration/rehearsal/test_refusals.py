"""What the exchange does not take, with the code and the message that Alpaca's users were given."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rehearsals.served import Served

BASE: Mapping[str, object] = {"symbol": "AAPL", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}
LIMIT: Mapping[str, object] = {**BASE, "type": "limit", "limit_price": 90}
BRACKET: Mapping[str, object] = {
    **BASE, "order_class": "bracket", "time_in_force": "gtc", "take_profit": {"limit_price": 110},
    "stop_loss": {"stop_price": 95},
}  # fmt: skip
COIN: Mapping[str, object] = {**BASE, "symbol": "BTC/USD", "time_in_force": "gtc", "qty": "0.1"}
SUB_PENNY = "sub-penny increment does not fulfill minimum pricing criteria"


def refused(exchange: Served, body: Mapping[str, object]) -> tuple[int, int, str]:
    answer = exchange.http.post("/v2/orders", json=dict(body))
    found = answer.json()
    return answer.status_code, found["code"], found["message"]


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        ({**BASE, "qty": 0}, 422, 40010001, "qty must be > 0"),
        ({**BASE, "qty": "-1"}, 422, 40010001, "qty must be > 0"),
        ({**BASE, "qty": "many"}, 422, 40010001, "qty must be a number"),
        ({**BASE, "qty": None}, 422, 40010001, "qty or notional is required"),
        ({**BASE, "notional": 5}, 422, 40010001, "only one of qty or notional is accepted"),
        ({**BASE, "type": "wish"}, 422, 40010001, "invalid order type"),
        ({**BASE, "time_in_force": "gtd"}, 422, 40010001, "invalid time_in_force"),
        ({**BASE, "side": "hold"}, 422, 40010001, "invalid side"),
        ({**BASE, "symbol": "NOPE"}, 422, 42210000, "asset not found for NOPE"),
        ({**BASE, "limit_price": 90}, 422, 40010001, "market orders require no stop or limit price"),
        ({**BASE, "type": "limit"}, 422, 40010001, "limit orders require a limit price"),
        ({**BASE, "type": "stop"}, 422, 40010001, "stop orders require a stop price"),
        ({**BASE, "client_order_id": "x" * 129}, 422, 40010001, "client_order_id must be no more than 128 characters"),
        ({**LIMIT, "limit_price": 0}, 422, 40010001, "limit price must be > 0"),
        ({**LIMIT, "limit_price": 90.125}, 422, 42210000, f"invalid limit_price 90.125. {SUB_PENNY}"),
        ({**LIMIT, "limit_price": "0.12345"}, 422, 42210000, f"invalid limit_price 0.12345. {SUB_PENNY}"),
        ({**BASE, "qty": "0.5", "time_in_force": "gtc"}, 422, 42210000, "fractional orders must be DAY orders"),
        ({**BRACKET, "qty": "1.5"}, 422, 42210000, "fractional orders must be simple orders"),
        ({**BASE, "qty": "0.1234567891"}, 422, 40010001, "qty must be limited to 9 decimal places"),
        ({**BASE, "extended_hours": True}, 422, 42210000, "extended hours order must be DAY or GTC limit orders"),
        ({**COIN, "type": "stop", "stop_price": 60_000}, 422, 42210000, "invalid order type for crypto order"),
        ({**COIN, "time_in_force": "day"}, 422, 42210000, "invalid crypto time_in_force"),
        ({**BRACKET, **COIN}, 422, 42210000, "bracket orders are not supported for crypto"),
        ({**BRACKET, "stop_loss": None}, 422, 42210000, "bracket orders require stop_loss.stop_price"),
        (
            {**BRACKET, "take_profit": {"limit_price": 94}},
            422,
            42210000,
            "take_profit.limit_price must be > stop_loss.stop_price",
        ),
        ({**BASE, "notional": "0.5", "qty": None}, 403, 40310000, "cost basis must be >= minimal amount of order 1"),
        ({**COIN, "qty": "0.0001"}, 403, 40310000, "cost basis must be >= minimal amount of order 10"),
        ({**BASE, "qty": "0.5", "side": "sell"}, 422, 42210000, "fractional orders cannot be sold short"),
        (
            {**COIN, "side": "sell"},
            403,
            40310000,
            "insufficient qty available for order (requested: 0.1, available: 0)",
        ),
        ({**BASE, "qty": 2000}, 403, 40310000, "insufficient buying power"),
    ],
)
def test_order_is_refused(exchange: Served, body: Mapping[str, object], status: int, code: int, message: str) -> None:
    assert refused(exchange, body) == (status, code, message)
    assert exchange.http.get("/v2/orders", params={"status": "all"}).json() == []
    assert exchange.journal.after(0)[0]["acted"] is False


def test_refusal_for_money_says_how_much_there_is(exchange: Served) -> None:
    found = exchange.http.post("/v2/orders", json={**LIMIT, "qty": 3000}).json()
    assert (found["buying_power"], found["cost_basis"]) == ("200000", "270000")


def test_pair_is_not_bought_on_margin(exchange: Served) -> None:
    found = exchange.http.post("/v2/orders", json={**COIN, "qty": 3, "type": "limit", "limit_price": 40_000}).json()
    assert (found["message"], found["buying_power"]) == ("insufficient buying power", "100000")


def test_client_order_id_is_unique(exchange: Served) -> None:
    exchange.http.post("/v2/orders", json={**LIMIT, "client_order_id": "mine"})
    assert refused(exchange, {**LIMIT, "client_order_id": "mine"}) == (422, 40010001, "client_order_id must be unique")


def test_what_is_held_for_orders_cannot_be_sold_again(exchange: Served) -> None:
    exchange.http.post("/v2/orders", json={**BASE, "qty": 10})
    exchange.bar(AAPL="100")
    exchange.http.post("/v2/orders", json={**LIMIT, "qty": 6, "side": "sell", "limit_price": 120})
    found = exchange.http.post("/v2/orders", json={**BASE, "qty": 5, "side": "sell"})
    assert (found.status_code, found.json()) == (
        403,
        {
            "code": 40310000,
            "message": "insufficient qty available for order (requested: 5, available: 4)",
            "available": "4", "existing_qty": "10", "held_for_orders": "6", "symbol": "AAPL",
        },
    )  # fmt: skip
    assert exchange.sdk.get_open_position("AAPL").qty_available == "4"


def test_long_does_not_become_short_in_one_order(exchange: Served) -> None:
    exchange.http.post("/v2/orders", json={**BASE, "qty": 10})
    exchange.bar(AAPL="100")
    found = exchange.http.post("/v2/orders", json={**BASE, "qty": 15, "side": "sell"}).json()
    assert found["message"] == "insufficient qty available for order (requested: 15, available: 10)"


@pytest.mark.parametrize(
    ("resting", "new", "is_refused"),
    [
        ({"side": "sell", "type": "stop", "stop_price": 95}, {"type": "limit", "limit_price": 90}, True),
        ({"side": "sell", "type": "limit", "limit_price": 105}, {"type": "market"}, True),
        ({"side": "sell", "type": "limit", "limit_price": 105}, {"type": "limit", "limit_price": 105}, True),
        ({"side": "sell", "type": "limit", "limit_price": 105}, {"type": "limit", "limit_price": 104}, False),
        ({"side": "sell", "type": "trailing_stop", "trail_price": 5}, {"type": "limit", "limit_price": 99}, False),
        ({"side": "sell", "type": "stop", "stop_price": 95}, {"type": "trailing_stop", "trail_price": 5}, False),
    ],
)
def test_orders_that_could_trade_with_each_other(
    exchange: Served, resting: Mapping[str, object], new: Mapping[str, object], is_refused: bool
) -> None:
    exchange.http.post("/v2/orders", json={**BASE, "qty": 10})
    exchange.bar(AAPL="100")
    first = exchange.http.post("/v2/orders", json={**BASE, "time_in_force": "gtc", **resting}).json()
    answer = exchange.http.post("/v2/orders", json={**BASE, "time_in_force": "gtc", **new})
    if not is_refused:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "code": 40310000, "message": "potential wash trade detected. use complex orders",
            "existing_order_id": first["id"],
        },
    )  # fmt: skip


def test_complex_orders_are_no_wash_trades(exchange: Served) -> None:
    exchange.http.post("/v2/orders", json={**BASE, "qty": 10})
    exchange.bar(AAPL="100")
    exchange.http.post("/v2/orders", json={**LIMIT, "side": "sell", "limit_price": 120})
    assert exchange.http.post("/v2/orders", json=dict(BRACKET)).status_code == 200


@pytest.mark.parametrize(
    ("flags", "body", "message"),
    [
        ({"status": "inactive"}, BASE, "asset AAPL is not active"),
        ({"tradable": False}, BASE, "asset AAPL is not tradable"),
        ({"fractionable": False}, {**BASE, "qty": 0.5}, 'asset "AAPL" is not fractionable'),
        ({"shortable": False}, {**BASE, "side": "sell"}, 'asset "AAPL" cannot be sold short'),
    ],
)
def test_flags_of_an_asset_are_obeyed(
    exchange: Served, flags: Mapping[str, object], body: Mapping[str, object], message: str
) -> None:
    exchange.fault("asset_flags", symbol="AAPL", **flags)
    assert refused(exchange, body)[2] == message
    assert flags.items() <= exchange.http.get("/v2/assets/AAPL").json().items()


def test_account_that_is_not_allowed_to_short(exchange: Served) -> None:
    exchange.http.patch("/v2/account/configurations", json={"no_shorting": True})
    assert refused(exchange, {**BASE, "side": "sell"})[2] == "account is not allowed to short"
    exchange.fault("account_flags", trading_blocked=True)
    assert refused(exchange, BASE)[:2] == (403, 40310000)
    assert exchange.sdk.get_account().trading_blocked


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)
FIELDS = (
    "symbol", "qty", "notional", "side", "type", "time_in_force", "limit_price", "stop_price", "trail_price",
    "trail_percent", "extended_hours", "client_order_id", "order_class", "take_profit", "stop_loss", "position_intent",
)  # fmt: skip
SOUND = {**LIMIT, "order_class": "simple"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3))
def test_nonsense_is_never_a_fault_of_the_exchange(exchange: Served, changes: Mapping[str, object]) -> None:
    text = json.dumps({**SOUND, **changes})
    for method, path in (("POST", "/v2/orders"), ("PATCH", "/v2/orders/none"), ("POST", "/_control/reset")):
        answer = exchange.http.request(method, path, content=text)
        assert answer.status_code < 500, (text, answer.text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["/v2/orders", "/v2/account/activities", "/v2/calendar", "/v2/account/portfolio/history", "/v2/assets"]
    ),
    query=st.dictionaries(
        st.sampled_from(
            ["status", "limit", "after", "until", "direction", "nested", "symbols", "side", "page_token", "page_size",
             "date", "start", "end", "period", "timeframe", "attributes", "date_end"]
        ),
        st.text(max_size=12) | st.sampled_from(["2024-03-12", "9999-12-31T23:59:59Z", "0001-01-01", "-1", "1e9"]),
        max_size=4,
    ),
)  # fmt: skip
def test_nonsense_in_a_query_is_never_a_fault_of_the_exchange(
    exchange: Served, path: str, query: Mapping[str, str]
) -> None:
    answer = exchange.http.get(path, params={"start": "2024-03-01", **query} if "calendar" in path else dict(query))
    assert answer.status_code in (200, 422), (query, answer.text)
