"""Promotion over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import a_run
from tests.unit.glados.promotion.test_promotions import DONE, result
from tests.unit.glados.promotion.venues import TwoVenues

pytestmark = pytest.mark.anyio
A_RUN = {"strategy_id": "sma-crossover", "mode": "backtest", "symbols": ["AAPL"]}


@pytest.fixture
async def api(open_api: Callable[..., AbstractAsyncContextManager[Api]]) -> AsyncIterator[Api]:
    async with open_api(parts={"venues": TwoVenues()}) as opened:
        yield opened


async def asked(api: Api, method: str, path: str, status: int, **given: Any) -> Any:
    answer = await api.client.request(method, f"/api/v1{path}", **given)
    assert answer.status_code == status, answer.text
    return answer.json()


async def backtest(api: Api, **given: Any) -> None:
    await api.database.keep(a_run("b", **{**DONE, "symbols": ("BTC/USD",)}), results={"b": result(**given)})


async def test_gates_are_kept_with_the_run_as_they_were_given(api: Api) -> None:
    gates = {"min_trades": 5, "min_psr": None, "max_drawdown": 0.25, "replay_clean": False, "drift_bps": 7.5}
    run = await asked(api, "POST", "/runs", 201, json={**A_RUN, "promotion": gates})
    assert (run["promotion"], run["promoted_from"]) == (gates, None)
    assert (await asked(api, "POST", f"/runs/{run['id']}/clone", 201))["promotion"] == gates
    (listed, _) = (await asked(api, "GET", "/runs", 200))["items"]
    assert (listed["promotion"], listed["promoted_from"]) == (gates, None)
    assert (await asked(api, "POST", "/runs", 201, json=A_RUN))["promotion"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_trades", -1), ("min_trades", 2.5), ("min_trades", "many"), ("min_days", 10**9), ("max_drawdown", -0.2),
        ("max_drawdown", 20), ("min_psr", 1.1), ("min_psr", []), ("lookahead_clean", 3), ("replay_clean", "perhaps"),
        ("drift_bps", -1), ("drift_bps", "NaN"), ("min_sharpe", 1),
    ],
)  # fmt: skip
async def test_gate_that_is_none_is_named(api: Api, name: str, value: Any) -> None:
    error = await asked(api, "POST", "/runs", 422, json={**A_RUN, "promotion": {name: value}})
    assert error["details"][0]["field"] == f"body.promotion.{name}"


async def test_gates_that_are_not_met_are_a_conflict_with_all_of_them(api: Api) -> None:
    await backtest(api, days=3, psr=0.5)
    error = await asked(api, "POST", "/runs/b/promote", 409, json={"to": "paper"})
    assert error["code"] == "gates_not_met"
    assert "min_days (3 days; there must be at least 20), min_psr (0.5; it must be at least 0.9). " in error["message"]
    assert [(one["field"], one["limit"], one["value"], one["met"]) for one in error["details"]] == [
        ("promotion.min_trades", 30, 30, True),
        ("promotion.min_days", 20, 3, False),
        ("promotion.max_drawdown", None, 0.1, True),
        ("promotion.min_psr", 0.9, 0.5, False),
        ("promotion.lookahead_clean", True, True, True),
        ("promotion.replay_clean", True, None, True),
        ("promotion.drift_bps", None, None, True),
    ]
    assert error["details"][1]["message"] == "3 days; there must be at least 20"


async def test_promoted_run_comes_with_gates_and_differences(api: Api) -> None:
    await backtest(api, days=3)
    body = {"to": "paper", "override": " it is small ", "name": " next ", "cash": 5000}
    made = await asked(api, "POST", "/runs/b/promote", 201, json=body)
    run = made["run"]
    assert (run["mode"], run["status"], run["name"], run["promoted_from"]) == ("paper", "pending", "next", "b")
    assert (run["options"]["cash"], run["venue"]) == ("5000", "alpaca")
    assert {"field": "venue", "before": None, "after": "alpaca"} in made["differences"]
    assert [one["name"] for one in made["gates"] if not one["met"]] == ["min_days"]
    promoted = (await api.events())[-1]
    assert (promoted.type, promoted.payload["override"]) == ("run.Promoted", "it is small")
    assert await asked(api, "GET", f"/runs/{run['id']}", 200) == run


async def test_prospect_is_shown_and_nothing_done(api: Api) -> None:
    await backtest(api)
    found = await asked(api, "GET", "/runs/b/promotion?to=live", 200)
    assert (found["run_id"], found["to"], found["name"], found["venue"], found["met"]) == (
        "b", "live", "run b", "alpaca", False,
    )  # fmt: skip
    assert "WEAVER_LIVE_TRADING=1" in found["problem"]
    assert [one["name"] for one in found["gates"] if not one["met"]] == ["paper_first"]
    assert [one["after"] for one in found["differences"] if one["field"] == "terms.money"] == ["real"]
    assert await api.events() == []


async def test_prospect_is_of_what_is_asked_for(api: Api) -> None:
    await backtest(api)
    found = await asked(
        api, "GET", "/runs/b/promotion?to=paper&venue=simulated&name=%20next%20&cash=5000&replay=2020", 200
    )
    assert (found["name"], found["venue"]) == ("next", "simulated")
    after = {one["field"]: one["after"] for one in found["differences"]}
    assert (after["name"], after["options.cash"], after["options.replay"]) == ("next", "5000", "2020")
    body = {"to": "paper", "venue": "alpaca", "name": "next", "cash": "5000", "override": "a test"}
    looked = await asked(api, "GET", "/runs/b/promotion?to=paper&venue=alpaca&name=next&cash=5000", 200)
    made = await asked(api, "POST", "/runs/b/promote", 201, json=body)
    assert looked["differences"] == made["differences"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.to"), ({"to": "backtest"}, "body.to"), ({"to": "paper", "override": "  "}, "body.override"),
        ({"to": "paper", "override": "x" * 501}, "body.override"), ({"to": "paper", "cash": "much"}, "body.cash"),
        ({"to": "paper", "name": " "}, "body.name"), ({"to": "paper", "venue": ""}, "body.venue"),
        ({"to": "paper", "other": 1}, "body.other"),
    ],
)  # fmt: skip
async def test_request_of_a_wrong_shape_is_told_its_field(api: Api, body: dict[str, Any], field: str) -> None:
    await backtest(api)
    error = await asked(api, "POST", "/runs/b/promote", 422, json=body)
    assert error["details"][0]["field"] == field
    assert await api.events() == []


@pytest.mark.parametrize("query", ["", "?to=backtest", "?to=paper&venue=", "?to=paper&cash=much", "?to=paper&name=%20"])
async def test_question_of_a_wrong_shape_is_422(api: Api, query: str) -> None:
    await asked(api, "GET", f"/runs/b/promotion{query}", 422)


async def test_run_that_cannot_be_promoted_is_a_conflict_with_the_reason(api: Api) -> None:
    await api.database.keep(a_run("w"))
    for method, path in (("POST", "/runs/w/promote"), ("GET", "/runs/w/promotion?to=paper")):
        given = {"json": {"to": "paper"}} if method == "POST" else {}
        error = await asked(api, method, path, 409, **given)
        assert (error["code"], error["details"]) == ("conflict", [])
        assert "is pending: start it first" in error["message"]
    await asked(api, "POST", "/runs/none/promote", 404, json={"to": "paper"})
