"""What nobody can mean: each is a 4xx that says why, nothing is done of it, and the exchange's journal has none."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import ACCOUNT, PLACE, Exchange, limit_buy, standing
from tests.acceptance.trading.wrong import (
    AMOUNTS,
    NO_AMOUNTS,
    NO_CHANGES,
    NO_JSON,
    NO_LIMITS,
    NO_RUNS,
    NO_SWITCH,
    WRONG,
)

NEAR = "180"
"""Below AAPL's price there, and within the collar."""
BODIES = [
    ("POST", "/orders"),
    ("PATCH", "/orders/{resting}"),
    ("PUT", "/risk"),
    ("POST", "/risk/kill-switch"),
    ("DELETE", "/risk/kill-switch"),
    ("POST", "/reconciliation"),
    ("POST", "/runs"),
]


@pytest.fixture(scope="module")
def resting(api: Api) -> str:
    """An order that works at the venue."""
    placed = str(api.post("/orders", limit_buy(NEAR), status=201)["id"])
    standing(api, placed, "accepted")
    return placed


@pytest.fixture(autouse=True)
def _nothing_happens(api: Api, exchange: Exchange, resting: str) -> Iterator[None]:
    """Nothing is sent, and all is as it was."""
    sent, stands = exchange.sent(), _state(api, resting)
    yield
    assert exchange.sent() == sent
    assert _state(api, resting) == stands


def _state(api: Api, order: str) -> Any:
    """What a wrong request could change."""
    risk = api.get("/risk")
    limits = [(one["account"], one["limits"], one["halts"]) for one in risk["accounts"]]
    return limits, risk["kill_switch"], api.get(f"/orders/{order}"), api.get("/orders")["total"], api.get("/runs")


@pytest.mark.parametrize("case", WRONG)
def test_wrong_order_is_refused_with_a_reason(case: str, api: Api) -> None:
    given, status, reason = WRONG[case]
    assert reason in api.refused("POST", "/orders", status=status, json=limit_buy(NEAR) | given)


@pytest.mark.parametrize("name", AMOUNTS)
def test_amount_that_is_none_is_refused_wherever_it_stands(name: str, api: Api) -> None:
    outer, _, inner = name.partition(".")
    for value, status, reason in NO_AMOUNTS.values():
        order = limit_buy(NEAR) | AMOUNTS[name]
        order[outer] = {**order[outer], inner: value} if inner else value
        told = api.refused("POST", "/orders", status=status, json=order)
        assert reason in told
        assert name in told or outer in told or status == 422


@pytest.mark.parametrize("name", ["qty", "limit_price"])
def test_amount_that_is_none_changes_no_order(name: str, api: Api, resting: str) -> None:
    for value, status, reason in NO_AMOUNTS.values():
        assert reason in api.refused("PATCH", f"/orders/{resting}", status=status, json={name: value})


@pytest.mark.parametrize("case", NO_CHANGES)
def test_wrong_change_is_refused_with_a_reason(case: str, api: Api, resting: str) -> None:
    given, status, reason = NO_CHANGES[case]
    assert reason in api.refused("PATCH", f"/orders/{resting}", status=status, json=given)


@pytest.mark.parametrize("case", NO_LIMITS)
def test_wrong_limit_is_refused_with_a_reason(case: str, api: Api) -> None:
    given, status, reason = NO_LIMITS[case]
    assert reason in api.refused("PUT", "/risk", status=status, json={"account": ACCOUNT} | given)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("case", NO_SWITCH)
def test_wrong_turn_of_the_switch_is_refused_with_a_reason(case: str, method: str, api: Api) -> None:
    given, status, reason = NO_SWITCH[case]
    assert reason in api.refused(method, "/risk/kill-switch", status=status, json=given)


@pytest.mark.parametrize("case", NO_RUNS)
def test_wrong_run_is_refused_with_a_reason(case: str, api: Api) -> None:
    given, status, reason = NO_RUNS[case]
    run = {"strategy_id": "sma-crossover", "symbols": ["AAPL"], "timeframe": "1m", **PLACE, **given}
    assert reason in api.refused("POST", "/runs", status=status, json=run)


@pytest.mark.parametrize("case", NO_JSON)
def test_body_that_is_none_is_refused_everywhere(case: str, api: Api, resting: str) -> None:
    content, sent_as, reason = NO_JSON[case]
    headers = {} if sent_as is None else {"Content-Type": sent_as}
    for method, path in BODIES:
        if method == "DELETE" and not content:
            continue  # it needs no body
        where = path.format(resting=resting)
        assert reason in api.refused(method, where, status=422, content=content, headers=headers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *[(method, f"/orders/none{verb}", 404) for method, verb in (("PATCH", ""), ("DELETE", ""), ("POST", "/sync"))],
        *[(method, "/orders/" + "x" * 500, 422) for method in ("PATCH", "DELETE")],
        *[(method, "/orders/%00", 422) for method in ("PATCH", "DELETE")],
        ("PATCH", "/orders/%ff", 404),
        ("PUT", "/orders/none", 405),
        ("DELETE", "/orders", 405),
    ],
)
def test_order_that_is_none_is_not_found(method: str, path: str, status: int, api: Api) -> None:
    assert api.refused(method, path, status=status, json={"qty": "1"} if method == "PATCH" else None)
