"""What is there when the server comes back: after an orderly stop, and after a power failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.acceptance.service.strategies import install
from tests.acceptance.service.stream import stream, until

PAUSED = {"pause": 0.05}
TABLES = ("fills", "trades", "orders", "events", "log", "positions")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, with bars of AAPL."""
    with server(install(tmp_path / "home"), WEAVER_WORKERS="2") as started:
        with Api(started.url) as api:
            api.import_sample("AAPL_1d.csv")
        yield started


@contextmanager
def server_beside(first: Server) -> Iterator[Server]:
    """Another server on the same home."""
    second = Server(first.home, name="second")
    try:
        second.start()
        yield second
    finally:
        second.kill()


def record(api: Api, run_id: str) -> object:
    """All that can be asked about a run."""
    results = api.get(f"/runs/{run_id}/results"), api.get(f"/runs/{run_id}/equity")
    return api.run(run_id), *results, *[api.pages(f"/runs/{run_id}/{table}") for table in TABLES]


def test_restart_keeps_runs_results_events_and_offsets(running: Server) -> None:
    with Api(running.url) as api:
        done = api.ended(api.started("trader", config={"every": 50}))["id"]
        pending = api.create("sma-crossover", name="not yet", cash="777", seed=5)
        failed = api.ended(api.started("failing-in-on-bar"))
        data, before, log = api.pages("/data"), record(api, done), api.events()
    assert running.stop() == 0
    running.start()
    with Api(running.url) as api:
        assert record(api, done) == before
        assert api.run(failed["id"])["error"] == failed["error"]
        assert api.pages("/data") == data
        assert api.events()[: len(log)] == log
        assert api.get("/runs")["total"] == 3
        with stream(running.url, last_event_id=log[3]["seq"]) as frames:  # where a client stood before
            told = until(frames, lambda frame: frame.id == log[-1]["seq"])
        assert [frame.id for frame in told] == [event["seq"] for event in log[4:]]
        assert api.post(f"/runs/{pending}/start")["options"]["cash"] == "777"
        assert api.ended(pending)["status"] == "completed"
        assert min(event["seq"] for event in api.events(run_id=pending)[1:]) > log[-1]["seq"]


def test_kill_in_the_middle_of_a_backtest_leaves_an_error_that_can_be_cloned(running: Server) -> None:
    with Api(running.url) as api:
        run_id = api.started("trader", config={"pause": 0.001})
        api.working(run_id)
        queued = [api.started("trader", config=PAUSED) for _ in range(2)]
        pending = api.create("sma-crossover")
        log = api.events()
    running.kill()
    running.start()
    with Api(running.url) as api:
        for interrupted in (run_id, *queued):
            run = api.run(interrupted)
            assert (run["status"], run["queued"]) == ("error", False)
            assert "interrupted" in run["error"]
            last = api.events(run_id=interrupted)[-1]
            assert (last["type"], run["error"] in last["payload"].values()) == ("run.Error", True)
        assert api.events()[: len(log)] == log
        clone = api.post(f"/runs/{run_id}/clone", status=201)["id"]
        for again in (clone, pending):
            assert api.run(again)["status"] == "pending"
            api.post(f"/runs/{again}/start")
            assert api.ended(again)["status"] == "completed"
        assert api.get("/runs", status="running")["total"] == 0
        assert running.stop() == 0


def test_shutdown_with_runs_and_streams_is_in_order_and_leaves_every_run_in_a_true_state(running: Server) -> None:
    with Api(running.url) as api, stream(running.url) as everything, stream(running.url, types="run.*") as some:
        done = api.ended(api.started("sma-crossover"))["id"]
        endless = api.started("endless")
        paused = api.started("trader", config=PAUSED)
        for run_id in (endless, paused):
            api.working(run_id)
        waiting, pending = api.started("sma-crossover"), api.create("sma-crossover")
        log = api.events()
        assert running.stop() == 0, running.log[-2000:]  # past five seconds it would leave by force, with 1
        told = [[frame.id for frame in frames if frame.type] for frames in (everything, some)]
        assert told[0][: len(log)]
        assert told[1]
    assert "not everything stopped" not in running.log
    assert not list(running.home.glob("weaver.db-wal"))
    running.start()
    with Api(running.url) as api:
        statuses = {run["id"]: run["status"] for run in api.pages("/runs")}
        assert statuses == {
            done: "completed", endless: "error", paused: "error", waiting: "error", pending: "pending",
        }  # fmt: skip
        for run_id in (endless, paused, waiting):
            ends = [event for event in api.events(run_id=run_id) if event["type"] in {"run.Error", "run.Stopped"}]
            assert [event["type"] for event in ends] == ["run.Error"]
            assert "interrupted" in api.run(run_id)["error"]
        assert running.stop() == 0


def test_stream_that_is_open_at_shutdown_is_told_all_that_was_acknowledged_and_ends(running: Server) -> None:
    with Api(running.url) as api, stream(running.url) as frames:
        ids = [api.create("sma-crossover") for _ in range(20)]
        assert running.stop() == 0
        assert [frame.payload["run_id"] for frame in frames if frame.type == "run.Created"] == ids


def test_second_server_on_the_same_home_reads_and_refuses_to_write(running: Server) -> None:
    with Api(running.url) as api:
        done, pending = api.ended(api.started("sma-crossover"))["id"], api.create("sma-crossover")
        before = record(api, done)
        with server_beside(running) as second, Api(second.url) as other:
            assert "this one is read-only" in second.said
            assert (other.get("/healthz")["status"], other.get("/healthz")["read_only"]) == ("ok", True)
            assert record(other, done) == before
            assert other.events() == api.events()
            assert len(other.pages("/data")) == 1
            body = {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}
            for method, path, given in (
                ("POST", "/runs", {"json": body}),
                ("POST", f"/runs/{pending}/start", {}),
                ("POST", f"/runs/{done}/clone", {}),
                ("DELETE", f"/runs/{done}", {}),
                ("DELETE", "/data/AAPL/1d", {}),
                ("POST", "/data/import", {"files": {"file": ("X_1d.csv", b"")}, "data": {"symbol": "X"}}),
            ):
                assert "read-only" in other.refused(method, path, status=409, **given), path
            assert second.stop() == 0
        assert api.get("/healthz")["read_only"] is False
        assert api.run(pending)["status"] == "pending"
        api.post(f"/runs/{pending}/start")
        assert api.ended(pending)["status"] == "completed"


def test_read_only_server_tells_what_the_other_one_writes(running: Server) -> None:
    with server_beside(running) as second, Api(running.url) as api, stream(second.url) as frames:
        run_id = api.started("sma-crossover")
        told = until(frames, lambda frame: frame.type == "run.Completed")
        assert [(frame.id, frame.type) for frame in told] == [
            (event["seq"], event["type"]) for event in api.events(run_id=run_id)
        ]
