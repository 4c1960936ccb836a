"""Who may ask, and how often."""

import base64

import httpx
import pytest

from tests.rehearsals.served import KEY, SECRET, Served

UNAUTHORIZED = {"code": 40110000, "message": "request is not authorized"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": "wrong"},
        {"APCA-API-KEY-ID": SECRET, "APCA-API-SECRET-KEY": KEY},
        {"Authorization": "Basic nonsense"},
        {"Authorization": "Bearer no"},
    ],
)
def test_request_without_the_right_keys(exchange: Served, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{exchange.url}/v2/account", headers=headers)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(
    "authorization", [f"Bearer {SECRET}", f"Basic {base64.b64encode(f'{KEY}:{SECRET}'.encode()).decode()}"]
)
def test_keys_may_come_as_authorization(exchange: Served, authorization: str) -> None:
    answer = httpx.get(f"{exchange.url}/v2/account", headers={"Authorization": authorization})
    assert answer.status_code == 200


def test_requests_past_the_limit_wait_for_the_next_minute() -> None:
    with Served(rate=3).running() as exchange:
        left = [exchange.http.get("/v2/clock").headers["X-RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = exchange.http.get("/v2/clock")
        assert (refused.status_code, refused.json()["message"]) == (429, "too many requests.")
        assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("3", "0")
        assert int(refused.headers["X-RateLimit-Reset"]) == 1_710_253_861  # a minute after the first, rounded up
        exchange.control("clock", {"advance": 60})
        assert exchange.http.get("/v2/clock").status_code == 200


def test_no_limit_without_a_rate(exchange: Served) -> None:
    answer = exchange.http.get("/v2/clock")
    assert "X-RateLimit-Limit" not in answer.headers


def test_path_and_method_that_are_not_there(exchange: Served) -> None:
    assert exchange.http.get("/v2/nothing").json() == {"code": 40410000, "message": "endpoint not found."}
    assert exchange.http.put("/v2/orders").status_code == 405


def test_body_that_is_no_json_or_too_large(exchange: Served) -> None:
    for text in ("{", "[1]", "nope", '{"qty": NaN}'):
        answer = exchange.http.post("/v2/orders", content=text)
        assert (answer.status_code, answer.json()) == (
            400, {"code": 40010000, "message": "request body format is invalid"},
        )  # fmt: skip
    assert exchange.http.post("/v2/orders", content=b" " * (2 << 20)).status_code == 413
