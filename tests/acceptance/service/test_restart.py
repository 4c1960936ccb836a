"""What is there when the server comes back: after an orderly stop, and after a power failure."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.acceptance.service.stream import plain, stream, streamed, until

PAUSED = {"pause": 0.05}


@pytest.fixture
def running(own_home: Path) -> Iterator[Server]:
    """A server of this test's own."""
    with server(own_home, WEAVER_WORKERS="2") as started:
        yield started


def test_restart_keeps_runs_results_events_and_where_a_client_stood(running: Server) -> None:
    with Api(running.url) as api, stream(running.url, after=0) as frames:
        done = api.ended(api.started("trader", config={"every": 50}))["id"]
        pending = api.create("sma-crossover", name="not yet", cash="777", seed=5)
        failed = api.ended(api.started("failing-in-on-bar"))
        data, before, log = api.pages("/data"), api.record(done), api.events()
        running.stop()
        told = list(frames)
    running.start()
    with Api(running.url) as api:
        assert api.record(done) == before
        assert api.run(failed["id"]) == failed
        assert api.pages("/data") == data
        assert api.get("/runs")["total"] == 3
        assert api.events()[: len(log)] == log
        with stream(running.url, last_event_id=told[-1].id) as frames:
            assert api.post(f"/runs/{pending}/start")["options"]["cash"] == "777"
            told += until(frames, lambda frame: frame.type == "run.Completed" and frame.payload["run_id"] == pending)
        assert plain(told) == streamed(api.events())
        assert api.run(pending)["status"] == "completed"


def test_kill_in_the_middle_of_a_backtest_leaves_an_error_that_can_be_cloned(running: Server) -> None:
    with Api(running.url) as api:
        paused = [api.started("trader", config=PAUSED) for _ in range(2)]
        for run_id in paused:
            api.working(run_id)
        queued, pending = api.started("sma-crossover"), api.create("sma-crossover")
        log = api.events()
    running.kill()
    running.start()
    with Api(running.url) as api:
        for interrupted in (*paused, queued):
            run = api.run(interrupted)
            assert (run["status"], run["queued"]) == ("error", False)
            assert "interrupted" in run["error"]
            last = api.events(run_id=interrupted)[-1]
            assert (last["type"], run["error"] in last["payload"].values()) == ("run.Error", True)
        assert api.events()[: len(log)] == log
        clone, long_clone = (api.post(f"/runs/{run_id}/clone", status=201)["id"] for run_id in (queued, paused[0]))
        for again in (clone, pending):
            assert api.run(again)["status"] == "pending"
            api.post(f"/runs/{again}/start")
            assert api.ended(again)["status"] == "completed"
        api.post(f"/runs/{long_clone}/start")
        assert api.working(long_clone)["config"]["pause"] == PAUSED["pause"]
        assert api.post(f"/runs/{long_clone}/stop")["status"] == "stopped"
        assert api.get("/runs", status="running")["total"] == 0


def test_shutdown_with_a_run_and_a_stream_is_in_order_within_five_seconds(running: Server) -> None:
    with Api(running.url) as api, stream(running.url):
        api.working(api.started("trader", config=PAUSED))
        assert running.stop() == 0, running.log[-2000:]  # past five seconds it would leave by force, with 1
    assert "not everything stopped" not in running.log
    assert "background_work_failed" not in running.log  # what is done by then has not failed
    assert not list(running.home.glob("weaver.db-wal"))


def test_shutdown_with_runs_and_streams_leaves_every_run_in_a_true_state(running: Server) -> None:
    with Api(running.url) as api, stream(running.url) as everything, stream(running.url, types="run.*") as some:
        done = api.ended(api.started("sma-crossover"))["id"]
        endless = api.started("endless")
        paused = api.started("trader", config=PAUSED)
        for run_id in (endless, paused):
            api.working(run_id)
        waiting, pending = api.started("sma-crossover"), api.create("sma-crossover")
        log = api.events()
        running.stop()
        told = [[frame.id for frame in frames if frame.type] for frames in (everything, some)]
        assert told[0][: len(log)] == [event["seq"] for event in log]
        assert told[1]
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


def test_home_whose_bars_are_no_folder_starts_and_says_so_in_a_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "bars").write_text("not a folder")
    with server(home, WEAVER_WORKERS="1") as started:
        with Api(started.url) as api:
            assert api.get("/healthz")["status"] == "degraded"
        assert started.stop() == 0
    assert "Traceback" not in started.log
    assert "bars_not_looked_at" in started.log
    assert "Not a directory" in started.log
