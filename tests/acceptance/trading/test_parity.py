"""Replay and drift by command and over the API, on a real server: the commands of the how-to pages are run."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.test_commands import weaver
from tests.shared_data import REPOSITORY
from weaver.glados.schemas.runs.parity import DriftResponse, ReplayResponse

PAGES = ("replay-a-run", "read-a-drift-report")
SHAPES = {"replay": ReplayResponse, "drift": DriftResponse}
BODY = {
    "strategy_id": "sma-crossover", "mode": "paper", "venue": "simulated", "symbols": ["AAPL"], "timeframe": "1d",
    "replay": "2010-01-04..2011-12-30", "speed": "max", "config": {"fast": 5, "slow": 20},
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("parity") / "home") as started:
        with Api(started.url) as api:
            api.import_sample("AAPL_1d.csv")
        yield started
        assert started.stop() == 0
        assert "Traceback" not in started.log


@pytest.fixture(scope="module")
def run_id(running: Server) -> str:
    """A paper run that has come to the end of its replay."""
    with Api(running.url) as api:
        return traded(api)


def traded(api: Api, **given: Any) -> str:
    created = str(api.post("/runs", {**BODY, **given}, status=201)["id"])
    api.post(f"/runs/{created}/start")
    eventually(lambda: api.run(created)["status"] == "completed", what="the end of the replay")
    return created


def result(api: Api, run_id: str, what: str) -> Any:
    over = api.done(f"/runs/{run_id}/{what}")
    assert (over["kind"], over["error"]) == (f"run.{what}", None)
    return over["result"]


def commands() -> list[str]:
    """Those that the pages show, and say."""
    found: list[str] = []
    for page in PAGES:
        text = (REPOSITORY / "docs" / "how-to" / f"{page}.md").read_text()
        shown = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
        found += [*shown, *re.findall(r"`(weaver (?:replay|drift|runs)[^`]*)`", text)]
    return sorted({line.partition("#")[0].strip() for line in found})


def test_pages_show_their_commands() -> None:
    assert commands() == [
        "weaver drift RUN", "weaver drift RUN --json", "weaver replay RUN", "weaver replay RUN --json",
        "weaver runs show RUN",
    ]  # fmt: skip


@pytest.mark.parametrize("command", commands())
def test_command_of_a_page_does_what_the_page_says(running: Server, run_id: str, command: str) -> None:
    words = [run_id if word == "RUN" else word for word in command.split()[1:]]
    done = weaver(running, *words)
    assert done.returncode == 0, done.stderr
    if "--json" in words:
        SHAPES[words[0]].model_validate(json.loads(done.stdout))
    elif words[0] == "replay":
        assert done.stdout.endswith(": every decision is the recorded one\n")
    elif words[0] == "drift":
        assert re.search(r"^difference( +0\.00){7}$", done.stdout, re.MULTILINE), done.stdout
        assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("P&L")] == ["P&L", "P&L"]


def test_worse_venue_is_told_by_command(running: Server) -> None:
    with Api(running.url) as api:
        worse = traded(api, costs="none", venue_costs={"slippage_bps": "7"})
    done = weaver(running, "drift", worse)
    assert re.search(r"^difference( +7\.00){7}$", done.stdout, re.MULTILINE), done.stdout
    assert "fill prices, of what is closed" in done.stdout


def test_record_outlives_a_restart_and_the_newest_reports_too(running: Server, run_id: str) -> None:
    with Api(running.url) as api:
        before, drift = (result(api, run_id, what) for what in SHAPES)
    assert running.stop() == 0
    running.start()
    with Api(running.url) as api:
        assert (api.get(f"/runs/{run_id}/replay"), api.get(f"/runs/{run_id}/drift")) == (before, drift)
        assert api.get(f"/runs/{run_id}/parity") == {"replay": before, "drift": drift}
        after = result(api, run_id, "replay")
    assert {**before, "at": ""} == {**after, "at": ""}
    assert after["is_identical"]


def test_what_cannot_be_compared_is_refused_with_the_reason(running: Server) -> None:
    with Api(running.url) as api:
        backtest = api.create("sma-crossover")
        pending = str(api.post("/runs", BODY, status=201)["id"])
        for what in SHAPES:
            assert "there is no run 'nobody'" in api.refused("POST", f"/runs/nobody/{what}", status=404)
            assert "is a backtest" in api.refused("POST", f"/runs/{backtest}/{what}", status=409)
            assert "has not begun" in api.refused("POST", f"/runs/{pending}/{what}", status=409)
            assert "there is no run 'nobody'" in api.refused("GET", f"/runs/nobody/{what}", status=404)
            assert f"no {what} of run {backtest}" in api.refused("GET", f"/runs/{backtest}/{what}", status=404)
        assert "there is no run 'nobody'" in api.refused("GET", "/runs/nobody/parity", status=404)
        assert api.get(f"/runs/{pending}/parity") == {"replay": None, "drift": None}


def test_command_for_a_run_that_is_not_there_is_one_line(running: Server) -> None:
    done: subprocess.CompletedProcess[str] = weaver(running, "replay", "nobody")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
