"""A run's way from a backtest to paper, and from there to the door of live trading, on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import migrated
from tests.acceptance.trading.test_commands import refused, told

SPAN = {"start_time": "2006-01-03", "end_time": "2009-12-31"}
ITS_OWN = {
    "id", "status", "queued", "halted", "error", "data_hash", "cloned_from", "promoted_from", "created_at",
    "started_at", "stopped_at", "completed_at",
}  # fmt: skip
"""Of a run's JSON: what says which run it is, and how it went."""
KEYS = {
    "ALPACA_LIVE_API_KEY": "AKLIVE", "ALPACA_LIVE_API_SECRET": "secret", "ALPACA_LIVE_BASE_URL": "http://127.0.0.1:1",
}  # fmt: skip
OFF = dict.fromkeys(("min_trades", "min_days", "min_psr", "replay_clean"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of a server."""
    if request.param == "sqlite":
        return {}
    return {"DB_URL": migrated(str(request.getfixturevalue("empty_postgres_url")))}


@pytest.fixture
def running(tmp_path: Path, database: dict[str, str]) -> Iterator[tuple[Server, Api]]:
    with server(tmp_path / "home", **database) as started, Api(started.url) as api:
        api.import_sample("AAPL_1d.csv")
        yield started, api


def flat(value: Any, place: str = "") -> dict[str, Any]:
    """Every value that is not null, by its place."""
    if not isinstance(value, dict):
        return {} if value is None else {place: value}
    found: dict[str, Any] = {}
    for name, one in value.items():
        found |= flat(one, f"{place}.{name}" if place else name)
    return found


def naive(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs between two runs' JSON, by place."""
    one, other = (flat({name: value for name, value in run.items() if name not in ITS_OWN}) for run in (before, after))
    places = one.keys() | other.keys()
    return {place: (one.get(place), other.get(place)) for place in places if one.get(place) != other.get(place)}


def listed(differences: list[dict[str, Any]]) -> tuple[dict[str, tuple[Any, Any]], dict[str, tuple[Any, Any]]]:
    """Those of settings, and those of terms, by place."""
    found: dict[str, tuple[Any, Any]] = {}
    for one in differences:
        before, after = flat(one["before"], one["field"]), flat(one["after"], one["field"])
        found |= {place: (before.get(place), after.get(place)) for place in before.keys() | after.keys()}
    terms = {place: both for place, both in found.items() if place.startswith("terms.")}
    return {place: both for place, both in found.items() if place not in terms}, terms


def backtest(api: Api, **given: Any) -> str:
    usual = {"config": {"fast": 10, "slow": 30}, "lookahead_check": True, **SPAN}
    run_id = api.started("sma-crossover", **{**usual, **given})
    assert api.ended(run_id)["status"] == "completed"
    return run_id


def test_backtest_is_promoted_with_a_reason_and_all_that_differs_is_listed(running: tuple[Server, Api]) -> None:
    started, api = running
    asked = {
        "costs": "alpaca-stocks", "cash": "20000", "close_at_end": True, "seed": 7, "risk": {"drawdown": "0.1"},
        "promotion": {"min_trades": 10_000, "max_drawdown": 0.01, "min_psr": None},
    }  # fmt: skip
    run_id = backtest(api, name="cross", **asked)
    stats = api.get(f"/runs/{run_id}/results")["stats"]
    code, line = refused(started, "runs", "promote", run_id, "--to", "paper")
    assert code == 1
    assert f"min_trades ({stats['trades']} trades; there must be at least 10,000)" in line
    assert f"max_drawdown ({-stats['max_drawdown']:.4g}; it may be at most 0.01)" in line
    assert "min_psr" not in line
    body = api.call("POST", f"/runs/{run_id}/promote", status=409, json={"to": "paper"})
    assert [(one["field"], one["value"]) for one in body["details"] if not one["met"]] == [
        ("promotion.min_trades", stats["trades"]), ("promotion.max_drawdown", -stats["max_drawdown"]),
    ]  # fmt: skip
    days = {one["field"]: one["value"] for one in body["details"]}["promotion.min_days"]
    assert days == len({one["timestamp"][:10] for one in api.get(f"/runs/{run_id}/equity", points=100_000)["items"]})

    shown = json.loads(told(started, "runs", "promote", run_id, "--to", "paper", "--dry-run", "--json"))
    words = ("--to", "paper", "--override", "a small sum", "--cash", "5000")
    made = json.loads(told(started, "runs", "promote", "cross", *words, "--json"))
    new = api.run(made["run"]["id"])
    assert new == made["run"]
    assert (new["promoted_from"], new["status"], new["mode"], new["venue"]) == (run_id, "pending", "paper", "alpaca")
    assert (new["promotion"], new["source_hash"]) == (asked["promotion"], api.run(run_id)["source_hash"])
    settings, terms = listed(made["differences"])
    assert settings == naive(api.run(run_id), new)
    assert settings["options.cash"] == ("20000", "5000")
    assert settings["options.close_at_end"] == (True, None)
    limits = {place: both for place, both in terms.items() if place.startswith("terms.limits.")}
    account = next(
        (one["limits"] for one in api.get("/risk")["accounts"] if one["account"] == "alpaca paper"),
        {one["name"]: one["default"] for one in api.get("/risk")["fields"]},
    )
    bound = {**account, "drawdown": "0.1"}
    assert {place: after for place, (_, after) in limits.items()} == {
        f"terms.limits.{name}": value for name, value in bound.items() if value is not None
    }
    assert {place: both for place, both in terms.items() if place not in limits} == {
        "terms.bars": ("stored", "alpaca's feed, as they close"),
        "terms.costs": ("alpaca-stocks", "alpaca's own"),
        "terms.fills": ("by the rules of the backtest", "alpaca's own"),
        "terms.cash": ("20000 of an account of its own", "5000 allotted of the account alpaca paper"),
    }
    as_shown = {one["field"]: one for one in shown["differences"]}
    assert {one["field"] for one in made["differences"]} - as_shown.keys() == {"options.cash"}
    event = api.get("/events", type="run.Promoted")["items"]
    assert [(one["run_id"], one["payload"]) for one in event] == [
        (run_id, {"run_id": run_id, "to": "paper", "promoted_id": new["id"], "override": "a small sum",
                  "gates": ["min_trades", "max_drawdown"]}),
    ]  # fmt: skip
    clone = api.post(f"/runs/{new['id']}/clone", status=201)
    assert (clone["promoted_from"], clone["promotion"]) == (run_id, asked["promotion"])
    assert f"promoted_from      {run_id}" in told(started, "runs", "show", new["id"])
    by_id = {one["id"]: one["promoted_from"] for one in api.get("/runs")["items"]}
    assert by_id[new["id"]] == run_id


def test_backtest_becomes_a_replay_with_the_same_trades(running: tuple[Server, Api]) -> None:
    started, api = running
    run_id = backtest(api, promotion={"min_psr": None, "min_trades": 5, "drift_bps": 1}, name="cross", warmup=0)
    words = ("--to", "paper", "--venue", "simulated", "--replay", "2006-01-03..2009-12-31", "--speed", "max")
    told(started, "runs", "promote", "cross", *words, "--name", "cross again")
    told(started, "runs", "start", "cross again")
    new = api.ended(json.loads(told(started, "runs", "show", "cross again", "--json"))["id"])
    assert (new["status"], new["promoted_from"]) == ("completed", run_id)
    trades = [
        [(one["entry_price"], one["exit_price"], one["pnl"]) for one in api.pages(f"/runs/{one}/trades")]
        for one in (run_id, new["id"])
    ]
    assert trades[0] == trades[1] != []
    found = api.get(f"/runs/{new['id']}/promotion", to="live", venue="alpaca")
    gates = {one["name"]: (one["limit"], one["value"], one["met"]) for one in found["gates"]}
    assert (gates["replay_clean"], gates["drift_bps"]) == ((True, True, True), (1, 0, True))
    days = {one["timestamp"][:10] for one in api.get(f"/runs/{new['id']}/equity", points=100_000)["items"]}
    assert (gates["min_trades"][1], gates["min_days"][1]) == (len(trades[1]), len(days))
    assert "may be at most 1 bps worse" in next(one["told"] for one in found["gates"] if one["name"] == "drift_bps")


def test_live_wants_the_switch_the_keys_and_the_name(tmp_path: Path, database: dict[str, str]) -> None:
    home = tmp_path / "home"
    with server(home, **database) as started, Api(started.url) as api:
        api.import_sample("AAPL_1d.csv")
        paper = api.started(
            "sma-crossover", name="the one", mode="paper", venue="simulated", timeframe="1d", speed="max",
            replay="2006-01-03..2006-06-30", promotion=OFF, config={"fast": 10, "slow": 30},
        )  # fmt: skip
        assert api.ended(paper)["status"] == "completed"
        words = ("runs", "promote", paper, "--to", "live", "--override", "it is a test")
        assert "set WEAVER_LIVE_TRADING=1" in _refused(started, *words, "--confirm", "the one")
        assert "WEAVER_LIVE_TRADING=1" in api.get(f"/runs/{paper}/promotion", to="live")["problem"]
        assert started.stop() == 0
    with server(home, **database, WEAVER_LIVE_TRADING="1") as started:
        assert "ALPACA_LIVE_API_KEY is not set" in _refused(started, *words, "--confirm", "the one")
        assert started.stop() == 0
    with server(home, **database, WEAVER_LIVE_TRADING="1", **KEYS) as started, Api(started.url) as api:
        for confirm in ((), ("--confirm", "The one")):
            assert "confirm its promotion with its name, 'the one'" in _refused(started, *words, *confirm)
        assert api.get("/runs")["total"] == 1
        assert "paper_first (a replay of stored bars" in _refused(started, *words[:-2], "--confirm", "the one", exits=1)
        assert "is pending on live: weaver runs start" in told(started, *words, "--confirm", "the one")
        (live,) = (one for one in api.get("/runs")["items"] if one["mode"] == "live")
        assert (live["status"], live["promoted_from"], live["started_at"]) == ("pending", paper, None)
        assert "127.0.0.1:1" not in started.log  # nobody was asked anything
        error = refused(started, "runs", "promote", live["id"], "--to", "live", "--confirm", "the one")
        assert error == (1, "error: run 'the one' is live: there is nothing to promote it to\n")


def _refused(started: Server, *words: str, exits: int = 2) -> str:
    code, line = refused(started, *words)
    assert code == exits, line
    return line
