"""`weaver replay`: waiting for the job, and what is shown of its result."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.shared_data import REPOSITORY
from tests.unit.cli.proof.jobs import AT, answers
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering
from weaver.cli.proof import waiting
from weaver.glados.schemas.runs.parity import ReplayResponse

SAME: dict[str, Any] = {
    "run_id": "r1", "at": AT, "is_identical": True, "ticks": 1505, "actions": 38, "first": AT, "last": AT,
    "difference": None,
}  # fmt: skip
DIFFERENCE: dict[str, Any] = {
    "number": 1214, "time": AT, "recorded": "place order 13: buy 100 AAPL market day", "again": "nothing",
    "recorded_action": "{}", "again_action": None, "error": None, "is_altered": False,
    "inputs": ["fill of order 12", "bar AAPL"],
}  # fmt: skip
OTHER = {**SAME, "is_identical": False, "ticks": 1214, "difference": DIFFERENCE}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.0)


def test_record_that_is_kept_to_is_told(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, answers("replay", SAME)) as asked:
        told = terminal.told("replay", "r1")
    assert told == f"1,505 ticks with 38 actions from {AT} to {AT}: every decision is the recorded one\n"
    assert asked.requests[-2:] == [("POST", "/runs/r1/replay", {}), ("GET", "/jobs/j1", None)]


@pytest.mark.parametrize("name", ["year", "a/b?c=1", "ünï ☃"])
def test_run_may_be_named_by_its_name(weaver_home: Path, terminal: Terminal, name: str) -> None:
    listed = f"/runs?{urlencode({'page': 1, 'page_size': 2, 'name': name})}"
    unknown = {f"/runs/{quote(name, safe='')}": (404, {"message": "there is no such run", "code": "not_found"})}
    found = {**answers("replay", SAME), listed: {"items": [{"id": "r1"}], "total": 1}}
    with answering(weaver_home, found, refused=unknown):
        assert "every decision is the recorded one" in terminal.told("replay", name)


@pytest.mark.parametrize("command", ["replay", "drift"])
def test_name_of_several_runs_and_none_at_all_are_refused(weaver_home: Path, terminal: Terminal, command: str) -> None:
    unknown = {"/runs/year": (404, {"message": "there is no such run", "code": "not_found"})}
    several = {"/runs?page=1&page_size=2&name=year": {"items": [{"id": "r1"}, {"id": "r2"}], "total": 2}}
    with answering(weaver_home, several, refused=unknown):
        code, _, error = terminal.outcome(command, "year")
        assert (code, error) == (2, "error: 2 runs are called 'year': name one by its id (`weaver runs list`)\n")
        code, _, error = terminal.outcome(command, " ")
        assert (code, "name a run by its id, or by its name" in error) == (2, True)


def test_difference_is_told_with_its_input_and_exit_code(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, answers("replay", OTHER)):
        code, told, _ = terminal.outcome("replay", "r1")
    assert code == 1
    assert told.splitlines() == [
        f"It decides otherwise at tick 1,214 ({AT}); 1,214 ticks with 38 actions before that are the recorded ones",
        "  recorded  place order 13: buy 100 AAPL market day",
        "  now       nothing",
        "What it was given at that tick:",
        "  fill of order 12",
        "  bar AAPL",
    ]


def test_record_that_was_changed_is_told_as_that(weaver_home: Path, terminal: Terminal) -> None:
    changed = {**OTHER, "difference": {**DIFFERENCE, "is_altered": True, "error": "its bytes were changed"}}
    with answering(weaver_home, answers("replay", changed)):
        code, told, _ = terminal.outcome("replay", "r1")
    assert code == 1
    assert told.startswith("What is recorded was changed at tick 1,214 (")
    assert "  now       its bytes were changed" in told


def test_strategy_that_fails_now_is_told_with_its_line(weaver_home: Path, terminal: Terminal) -> None:
    failed = {**OTHER, "difference": {**DIFFERENCE, "number": 0, "error": "line 3: ZeroDivisionError"}}
    with answering(weaver_home, answers("replay", failed)):
        _, told, _ = terminal.outcome("replay", "r1")
    assert "at its start" in told
    assert "  now       line 3: ZeroDivisionError" in told


@pytest.mark.parametrize(("result", "code"), [(SAME, 0), (OTHER, 1)])
def test_json_of_a_replay_is_one_object(
    weaver_home: Path, terminal: Terminal, result: dict[str, Any], code: int
) -> None:
    ReplayResponse.model_validate(result)
    with answering(weaver_home, answers("replay", result)):
        found, told, _ = terminal.outcome("replay", "r1", "--json")
    assert (found, json.loads(told)) == (code, result)


def test_without_a_server_it_says_how_to_start_one(terminal: Terminal) -> None:
    error = "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n"
    assert terminal.outcome("replay", "r1") == (1, "", error)


def test_run_is_needed(terminal: Terminal) -> None:
    code, _, error = terminal.outcome("replay")
    assert (code, len(error.splitlines())) == (2, 1)


def test_page_names_every_field_of_the_object() -> None:
    text = (REPOSITORY / "docs" / "how-to" / "replay-a-run.md").read_text()
    assert [name for name in ReplayResponse.model_fields if f"`{name}`" not in text] == []
