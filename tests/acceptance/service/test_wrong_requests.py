"""What cannot be done is refused with the right status, a message that helps, and no trace."""

from typing import Any

import pytest

from tests.acceptance.service.api import Api

GOOD: dict[str, Any] = {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"strategy_id": "no-such"}, "there is no strategy 'no-such'"),
        ({"strategy_id": "broken"}, "broken.py line 4"),
        ({"symbols": ["NIX"]}, "there are no bars of NIX"),
        ({"symbols": ["AAPL", "AAPL"]}, "'AAPL' is named twice"),
        ({"symbols": ["AAPL", "COINUSD"]}, "several timeframes (1d, 1h)"),
        ({"timeframe": "7x"}, "timeframe '7x'"),
        ({"timeframe": "1h"}, "from which 1h could be made"),
        ({"config": {"fast": 1}}, "fast=1: must be ≥ 2"),
        ({"config": {"fast": "many"}}, "fast="),
        ({"config": {"nix": 1}}, "no parameter 'nix'; it has fast, slow"),
        ({"start_time": "2005-01-01", "end_time": "2004-01-01"}, "is after end_time"),
        ({"start_time": "2050-01-01"}, "there are no bars in the run's time"),
        ({"cash": 0}, "cash must be above 0"),
        ({"cash": "-100.5"}, "cash must be above 0, not -100.5"),
        ({"costs": "generous"}, "generous"),
        ({"costs": {"max_participation": 2}}, "max_participation"),
        ({"leverage": 2}, "leverage"),
        ({"shorting": True}, "short"),
        ({"venue": "the-moon"}, "the-moon"),
    ],
)
def test_business_input_that_cannot_be_used_is_400_with_what_was_wrong(
    api: Api, given: dict[str, Any], said: str
) -> None:
    before = api.get("/runs")["total"], api.get("/events")["newest"]
    assert said in api.refused("POST", "/runs", status=400, json={**GOOD, **given})
    assert (api.get("/runs")["total"], api.get("/events")["newest"]) == before


def test_stretch_of_candles_that_ends_before_it_starts_is_400(api: Api) -> None:
    stretch = {"symbol": "AAPL", "start": "2005-01-04", "end": "2005-01-03"}
    assert "is after end" in api.refused("GET", "/candles", status=400, params=stretch)
    day = api.get("/candles", symbol="AAPL", start="2005-01-03", end="2005-01-03")["items"]
    assert [item["timestamp"] for item in day] == ["2005-01-03T00:00:00Z"]


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_mode_without_a_venue_is_503(api: Api, mode: str) -> None:
    assert "venue" in api.refused("POST", "/runs", status=503, json={**GOOD, "mode": mode})


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"{", ""),
        (b"", ""),
        (b"[]", ""),
        (b'"text"', ""),
        (b'{"symbols": ["AAPL"]}', "strategy_id"),
        (b'{"strategy_id": "sma-crossover"}', "symbols"),
        (b'{"strategy_id": "sma-crossover", "symbols": []}', "symbols"),
        (b'{"strategy_id": "sma-crossover", "symbols": "AAPL"}', "symbols"),
        (b'{"strategy_id": 7, "symbols": ["AAPL"]}', "strategy_id"),
        (b'{"strategy_id": "sma-crossover", "symbols": ["AAPL"], "nonsense": 1}', "nonsense"),
        (b'{"strategy_id": "sma-crossover", "symbols": ["AAPL"], "mode": "dream"}', "mode"),
        (b'{"strategy_id": "sma-crossover", "symbols": ["AAPL"], "cash": NaN}', ""),
        (b'{"strategy_id": "sma-crossover", "symbols": ["AAPL"], "cash": "much"}', "cash"),
        (b'{"strategy_id": "sma-crossover", "symbols": ["AAPL"], "start_time": "yesterday"}', "start_time"),
        (b'{"strategy_id": "sma-\\u0000", "symbols": ["AAPL"]}', ""),
        (b'{"strategy_id": "sma-\xff", "symbols": ["AAPL"]}', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_malformed_body_is_422_and_names_the_field(api: Api, content: bytes, field: str) -> None:
    answer = api.http.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_shape"), answer.text
    assert field in "".join(detail["field"] for detail in answer.json()["details"])


@pytest.mark.parametrize(
    ("path", "given"),
    [
        *[
            ("/candles", {"symbol": "AAPL", name: value})
            for name in ("start", "end")
            for value in ("0", "-1", "17e8", "")
        ],
        *[("/events/stream", given) for given in ({"run_id": ""}, {"types": ""}, {"types": ","}, {"after": "abc"})],
        ("/runs", {"status": ""}),
        ("/events", {"run_id": ""}),
    ],
)
def test_parameter_that_cannot_be_meant_is_422_and_never_ignored(api: Api, path: str, given: dict[str, str]) -> None:
    name = list(given)[-1]
    assert api.refused("GET", path, status=422, params=given).startswith(f"query.{name}")


@pytest.mark.parametrize(
    ("content", "sent_as", "said"),
    [
        (b'{"a" 1}', "application/json", "this is no JSON: Expecting ':' delimiter at line 1, column 6"),
        (b"{}", None, "it was sent without a Content-Type: send JSON, with the header Content-Type: application/json"),
        (b"{}", "text/plain", "it was sent as text/plain: send JSON, with the header Content-Type: application/json"),
    ],
)
def test_body_that_is_no_json_is_told_so(api: Api, content: bytes, sent_as: str | None, said: str) -> None:
    headers = {} if sent_as is None else {"content-type": sent_as}
    assert api.refused("POST", "/runs", status=422, content=content, headers=headers) == f"body: {said}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("GET", f"/runs/no-such{part}") for part in (
            "", "/results", "/equity", "/trades", "/fills", "/orders", "/events", "/log", "/indicators", "/positions",
            "/report.html",
        )],
        *[("POST", f"/runs/no-such/{verb}") for verb in ("start", "stop", "clone")],
        ("DELETE", "/runs/no-such"),
        ("GET", "/strategies/no-such"),
        ("GET", "/strategies/no-such/source"),
        ("GET", "/orders/no-such"),
        ("GET", "/jobs/no-such"),
        ("GET", "/candles?symbol=NIX&timeframe=1d"),
        ("DELETE", "/data/NIX/1d"),
        ("GET", "/no-such"),
    ],
)  # fmt: skip
def test_unknown_id_is_404(api: Api, method: str, path: str) -> None:
    api.refused(method, path, status=404)


def test_method_that_a_path_does_not_have_is_405_with_those_it_has(api: Api) -> None:
    api.refused("PUT", "/runs", status=405)
    assert api.http.put("/api/v1/runs").headers["allow"] == "GET, POST"


def test_completed_run_takes_no_second_start_and_no_stop_and_stays_completed(api: Api) -> None:
    run_id = api.started("sma-crossover")
    run = api.ended(run_id)
    assert run["status"] == "completed"
    events = api.events(run_id=run_id)
    for verb in ("start", "stop"):
        assert "completed" in api.refused("POST", f"/runs/{run_id}/{verb}", status=409)
    assert api.run(run_id) == run
    assert api.events(run_id=run_id) == events


def test_running_run_takes_no_second_start_and_no_delete_and_stops_once(api: Api) -> None:
    run_id = api.started("trader", config={"pause": 0.05})
    assert "running" in api.refused("POST", f"/runs/{run_id}/start", status=409)
    assert "stop it first" in api.refused("DELETE", f"/runs/{run_id}", status=409)
    assert api.post(f"/runs/{run_id}/stop")["status"] == "stopped"
    for verb in ("start", "stop"):
        assert "stopped" in api.refused("POST", f"/runs/{run_id}/{verb}", status=409)
    assert [event["type"] for event in api.events(run_id=run_id) if event["type"].startswith("run.S")] == [
        "run.Started", "run.StopRequested", "run.Stopped",
    ]  # fmt: skip


def test_pending_run_cannot_be_stopped_and_is_startable_still(api: Api) -> None:
    run_id = api.create("sma-crossover")
    assert "pending" in api.refused("POST", f"/runs/{run_id}/stop", status=409)
    api.post(f"/runs/{run_id}/start")
    assert api.ended(run_id)["status"] == "completed"


def test_clone_has_the_settings_of_its_run_and_a_life_of_its_own(api: Api) -> None:
    original = api.ended(api.started("sma-crossover", config={"fast": 7}, cash="5000", seed=3))
    clone = api.post(f"/runs/{original['id']}/clone", status=201)
    assert (clone["status"], clone["cloned_from"]) == ("pending", original["id"])
    for name in ("strategy_id", "symbols", "config", "options", "source_hash"):
        assert clone[name] == original[name]
    api.post(f"/runs/{clone['id']}/start")
    assert api.ended(clone["id"])["status"] == "completed"
    stats = [api.get(f"/runs/{run_id}/results")["stats"] for run_id in (original["id"], clone["id"])]
    assert stats[0] == stats[1]
    api.call("DELETE", f"/runs/{original['id']}", status=204)
    api.refused("GET", f"/runs/{original['id']}", status=404)
    assert api.get(f"/runs/{clone['id']}/results")["stats"] == stats[1]
    assert [event["type"] for event in api.events(run_id=original["id"])][-1:] == ["run.Deleted"]


def test_stopping_a_run_that_waits_for_a_worker_takes_it_out_of_the_queue(api: Api) -> None:
    busy = [api.started("trader", config={"pause": 0.05}) for _ in range(2)]
    for run_id in busy:
        api.working(run_id)
    waiting = api.started("sma-crossover")
    assert api.run(waiting)["queued"]
    assert api.post(f"/runs/{waiting}/stop")["status"] == "stopped"
    for run_id in busy:
        assert api.post(f"/runs/{run_id}/stop")["status"] == "stopped"
