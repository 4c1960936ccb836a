"""From an empty home to a backtest's results, on storage that keeps everything and on storage that keeps nothing."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.command import Place
from tests.acceptance.server import Server, server
from tests.acceptance.service.api import DATA, Api
from tests.acceptance.service.stream import Frame, plain, stream, until

AMOUNTS = ("quantity", "price", "commission", "slippage")


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest) -> str:
    """What the server is asked to keep its records in."""
    return str(request.param)


@pytest.fixture(scope="module")
def running(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on that storage."""
    environment = {"DB_URL": "memory"} if storage == "memory" else {}
    with server(tmp_path_factory.mktemp("main_path") / "home", **environment) as started:
        yield started
        started.stop()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same backtest by the library, in a process and a home of its own, straight from the file."""
    place = Place(folder=tmp_path_factory.mktemp("library"), home=tmp_path_factory.mktemp("library_home"))
    outcome = place.run(
        "backtest", "sma-crossover", "--bars", DATA / "AAPL_1d.csv", "--asset", "stock",
        "--set", "fast=5", "--cash", "25000", "--json", "-",
    )  # fmt: skip
    assert outcome.code == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_backtest_goes_from_pending_to_the_librarys_results_and_is_told_as_it_goes(
    running: Server, expected: Any
) -> None:
    with Api(running.url) as api, stream(running.url) as frames:
        before = api.newest()
        api.import_sample("AAPL_1d.csv")
        run_id = api.create("sma-crossover", name="the main path", config={"fast": 5}, cash=25000, lookahead_check=True)
        assert api.run(run_id)["status"] == "pending"
        api.refused("GET", f"/runs/{run_id}/results", status=404)
        assert api.post(f"/runs/{run_id}/start")["status"] == "running"
        told = until(frames, lambda frame: frame.type == "run.Completed" and frame.payload["run_id"] == run_id)
        run = api.run(run_id)
        assert (run["status"], run["error"], run["name"]) == ("completed", None, "the main path")
        assert run["created_at"] < run["started_at"] < run["completed_at"]
        _check_told(told, run_id)
        assert plain(told) == [(event["seq"], event["type"], event["payload"]) for event in api.events(before)]
        _check_results(api, run_id, expected)


def _check_told(told: list[Frame], run_id: str) -> None:
    types = [frame.type for frame in told]
    assert types[:3] == ["data.Imported", "run.Created", "run.Started"]
    fractions = [frame.payload["fraction"] for frame in told if frame.type == "run.Progress"]
    assert fractions
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    for type_ in ("strategy.PlaceRequest", "backtest.PlaceOrder", "orders.Created", "orders.Filled"):
        assert type_ in types
    assert {frame.payload["run_id"] for frame in told[1:]} == {run_id}


def _check_results(api: Api, run_id: str, expected: Any) -> None:
    results = api.get(f"/runs/{run_id}/results")
    assert results["stats"] == expected["stats"]
    assert results["run"]["data_hash"] == expected["run"]["data_hash"] == api.run(run_id)["data_hash"]
    fills = sorted(api.pages(f"/runs/{run_id}/fills"), key=lambda fill: int(fill["id"].rpartition("-f")[2]))
    assert len(fills) == len(expected["fills"]) > 100
    assert [_execution(fill, at="filled_at") for fill in fills] == [
        _execution({**fill, "order_id": f"{run_id}-{fill['order_id']}"}, at="timestamp") for fill in expected["fills"]
    ]
    trades = sorted(api.pages(f"/runs/{run_id}/trades"), key=lambda trade: int(trade["number"]))
    names = expected["trades"][0].keys()
    assert [{name: trade[name] for name in names} for trade in trades] == expected["trades"]
    equity = api.get(f"/runs/{run_id}/equity", points=10**9)
    assert (equity["downsampled"], equity["points"]) == (False, equity["total"])
    assert [_rounded(row) for row in equity["items"]] == [_rounded(row) for row in expected["equity"]]


def _execution(fill: Any, *, at: str) -> tuple[Any, ...]:
    """All of a fill that the service and the library both tell."""
    plain = (fill["order_id"], fill["symbol"], fill["side"], fill[at], fill["bar_timestamp"])
    return plain + tuple(Decimal(fill[name]) for name in AMOUNTS)


def _rounded(row: Any) -> tuple[str, float, float]:
    """A row of a curve to the places that cash is counted in."""
    return row["timestamp"], round(row["equity"], 8), round(row["cash"], 8)


def test_rest_of_the_record_agrees_with_the_fills(running: Server) -> None:
    with Api(running.url) as api:
        api.import_sample("IBM_1d.csv")
        run_id = api.started("rsi-mean-reversion", "IBM", close_at_end=True)
        assert api.ended(run_id)["status"] == "completed"
        fills, orders = api.pages(f"/runs/{run_id}/fills"), api.pages(f"/runs/{run_id}/orders")
        filled: dict[str, Decimal] = {}
        for fill in fills:
            filled[fill["order_id"]] = filled.get(fill["order_id"], Decimal(0)) + Decimal(fill["quantity"])
        assert {order["id"]: Decimal(order["filled_quantity"]) for order in orders if order["id"] in filled} == filled
        assert {order["id"] for order in orders if Decimal(order["filled_quantity"])} == set(filled)
        assert api.pages(f"/runs/{run_id}/positions") == []
        signed = [Decimal(fill["quantity"]) * (1 if fill["side"] == "buy" else -1) for fill in fills]
        assert sum(signed) == 0
        cash = Decimal(100_000) - sum(
            quantity * Decimal(fill["price"]) + Decimal(fill["commission"])
            for quantity, fill in zip(signed, fills, strict=True)
        )
        assert float(cash) == api.get(f"/runs/{run_id}/results")["stats"]["final_equity"]
        assert api.pages("/fills", run_id=run_id) == fills
        report = api.http.get(f"/api/v1/runs/{run_id}/report.html")
        assert report.headers["content-type"].startswith("text/html")
        assert "IBM" in report.text
        told = api.events(run_id=run_id)
        assert sum(event["type"] == "orders.Filled" for event in told) == len(fills)


def test_position_at_the_end_is_worth_what_the_account_says(running: Server) -> None:
    with Api(running.url) as api:
        api.import_sample("AAPL_1d.csv")
        run_id = api.started("buy-and-hold", costs="none")
        assert api.ended(run_id)["status"] == "completed"
        (held,) = api.pages(f"/runs/{run_id}/positions")
        (fill,) = api.pages(f"/runs/{run_id}/fills")
        last = api.get(f"/runs/{run_id}/equity", points=2)["items"][-1]
        assert (held["symbol"], held["quantity"], held["average_price"]) == ("AAPL", fill["quantity"], fill["price"])
        quantity, close = Decimal(held["quantity"]), Decimal(held["close"])
        assert float(close) == api.get("/candles", symbol="AAPL", limit=5000)["items"][-1]["close"]
        assert Decimal(held["market_value"]) == quantity * close
        assert Decimal(held["cost"]) == quantity * Decimal(fill["price"])
        assert Decimal(held["unrealised_pnl"]) == Decimal(held["market_value"]) - Decimal(held["cost"])
        assert float(held["market_value"]) == pytest.approx(last["equity"] - last["cash"], rel=1e-12)


def test_each_request_of_a_strategy_has_one_routed_child_of_its_own(running: Server) -> None:
    with Api(running.url) as api:
        api.import_sample("AAPL_1d.csv")
        before = api.newest()
        run_id = api.started("sma-crossover", config={"fast": 5})
        assert api.ended(run_id)["status"] == "completed"
        log = api.events(before)
        assert {event["run_id"] for event in log} == {run_id}
        parents = {event["id"]: event for event in log if event["type"] == "strategy.PlaceRequest"}
        children = [event for event in log if event["type"].startswith(("backtest.", "live."))]
        assert len(parents) > 100
        assert sorted(child["causation_id"] for child in children) == sorted(parents)
        for child in children:
            parent = parents[child["causation_id"]]
            assert child["type"] == "backtest.PlaceOrder"
            assert [child[name] for name in ("run_id", "corr_id")] == [parent[name] for name in ("run_id", "corr_id")]


def test_health_says_what_the_storage_is_and_whether_it_lasts(running: Server, storage: str) -> None:
    with Api(running.url) as api:
        health = api.get("/healthz")
        assert (health["status"], health["read_only"], health["storage"]) == ("ok", False, storage)
        assert health["durable"] is (storage == "sqlite")
        assert all(check["ok"] for check in health["checks"].values())
    assert ("nothing survives" in running.said) is (storage == "memory")
    assert bool(list(running.home.glob("weaver.db*"))) is (storage == "sqlite")
