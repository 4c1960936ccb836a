"""The control: state, journal, time, resets."""

from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest

from tests.rehearsals.served import Served


def test_state_tells_all(exchange: Served) -> None:
    exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side="buy", time_in_force="day"))
    exchange.bar(AAPL="100")
    exchange.fault("mute", match={"path": "/stream"})
    state = exchange.http.get("/_control/state").json()
    assert state["now"] == "2024-03-12T14:31:00.000000000Z"
    assert state["account"]["cash"] == "99900"
    assert [one["symbol"] for one in state["positions"]] == ["AAPL"]
    assert [one["status"] for one in state["orders"]] == ["filled"]
    assert [one["price"] for one in state["executions"]] == ["100"]
    assert state["executions"][0]["client_order_id"] == state["orders"][0]["client_order_id"]
    assert [(one["kind"], one["match"]) for one in state["faults"]] == [("mute", {"path": "/stream"})]
    assert state["connections"] == []


def test_journal_tells_each_request_and_whether_it_acted(exchange: Served) -> None:
    body = {"symbol": "AAPL", "qty": 1, "side": "buy", "type": "limit", "time_in_force": "day", "limit_price": 90}
    exchange.http.post("/v2/orders", json={**body, "client_order_id": "mine"})
    exchange.http.post("/v2/orders", json={**body, "qty": 0, "client_order_id": "bad"})
    first, second = exchange.http.get("/_control/journal").json()
    assert (first["method"], first["path"], first["client_order_id"], first["status"], first["acted"]) == (
        "POST", "/v2/orders", "mine", 200, True,
    )  # fmt: skip
    assert (second["client_order_id"], second["status"], second["acted"]) == ("bad", 422, False)
    assert [one["body"] for one in (first, second)] == [
        {**body, "client_order_id": "mine"}, {**body, "qty": 0, "client_order_id": "bad"},
    ]  # fmt: skip
    assert first["time"] == "2024-03-12T14:30:00.001000000Z"
    assert exchange.http.get("/_control/journal", params={"after": first["n"]}).json() == [second]
    order = exchange.http.get("/v2/orders:by_client_order_id", params={"client_order_id": "mine"}).json()
    exchange.http.delete(f"/v2/orders/{order['id']}")
    looked_up, cancelled = exchange.http.get("/_control/journal", params={"after": second["n"]}).json()
    assert looked_up["client_order_id"] == cancelled["client_order_id"] == "mine"
    assert looked_up["body"] is cancelled["body"] is None
    exchange.http.post("/v2/orders", json={**body, "qty": "9" * (16 << 10)})
    assert exchange.http.get("/_control/journal", params={"after": cancelled["n"]}).json()[0]["body"] is None


def test_time_moves_by_control_and_a_millisecond_a_request(exchange: Served) -> None:
    exchange.http.get("/v2/clock")
    moved = exchange.control("clock", {"advance": 60})
    assert moved == {"now": "2024-03-12T14:31:00.001000000Z", "pace": 0}
    assert exchange.control("clock", {"to": "2024-03-12T15:00:00Z"})["now"] == "2024-03-12T15:00:00.000000000Z"  # type: ignore[index]
    assert exchange.control("clock", {"advance": 0})["now"] == "2024-03-12T15:00:00.000000000Z"  # type: ignore[index]
    for body in ({"to": "2024-03-12T14:00:00Z"}, {}, {"advance": -1}, {"speed": "fast"}):
        assert exchange.http.post("/_control/clock", json=body).status_code == 422


def test_speed_is_set(exchange: Served) -> None:
    assert exchange.control("clock", {"speed": "max"})["pace"] == "max"  # type: ignore[index]
    assert exchange.control("clock", {"speed": 60})["pace"] == 60  # type: ignore[index]
    assert exchange.control("clock", {"speed": "hold"})["pace"] == 0  # type: ignore[index]


def test_reset_begins_anew(exchange: Served) -> None:
    before = exchange.sdk.get_account()
    exchange.sdk.submit_order(LimitOrderRequest(symbol="AAPL", qty=1, side="buy", time_in_force="gtc", limit_price=90))
    exchange.control("reset", {"cash": 5000, "positions": {"AAPL": 10, "BTC/USD": "0.5"}})
    account = exchange.sdk.get_account()
    assert account.id == before.id  # another one is what the fault `new_account` is for
    assert (account.cash, account.equity, account.last_equity) == ("5000", "31000", "31000")
    assert {one.symbol: one.qty for one in exchange.sdk.get_all_positions()} == {"AAPL": "10", "BTCUSD": "0.5"}
    assert exchange.sdk.get_orders() == []
    exchange.sdk.close_position("AAPL")
    exchange.bar(AAPL="100")
    assert exchange.sdk.get_account().cash == "6000"
    exchange.control("reset", {"positions": [{"symbol": "MSFT", "qty": "-2", "avg_entry_price": "410"}]})
    (short,) = exchange.sdk.get_all_positions()
    assert (short.qty, short.avg_entry_price, short.unrealized_pl) == ("-2", "410", "20")


def test_numbers_out_of_all_bounds_are_refused(exchange: Served) -> None:
    for path, body in (
        ("price", {"symbol": "AAPL", "price": "1e-30"}),
        ("price", {"symbol": "AAPL", "price": 10**30}),
        ("reset", {"cash": 10**30}),
        ("reset", {"positions": {"AAPL": 10**30}}),
        ("reset", {"positions": {"AAPL": "1e400"}}),
    ):
        assert exchange.http.post(f"/_control/{path}", json=body).status_code == 422
    assert exchange.http.get("/v2/account/portfolio/history").status_code == 200


def test_control_answers_this_machine_only(exchange: Served) -> None:
    import asyncio

    import httpx

    async def ask(client: str) -> int:
        transport = httpx.ASGITransport(exchange.app, client=(client, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as http:
            return (await http.get("/_control/state")).status_code

    assert asyncio.run(ask("127.0.0.1")) == 200
    assert asyncio.run(ask("192.0.2.7")) == 403


def test_reset_forgets_what_was_due() -> None:
    with Served(start="2024-03-12T22:00:00+00:00").running() as exchange:
        exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side="buy", time_in_force="day"))
        exchange.control("reset", {})
        told = exchange.events
        exchange.control("clock", {"advance": 86_400})
        assert exchange.events == told
        assert exchange.sdk.get_orders() == []
