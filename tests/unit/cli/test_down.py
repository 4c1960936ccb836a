"""`weaver down`."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.unit.cli.server_process import server
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering
from weaver.cli import down

NONE = "No server runs on this WEAVER_HOME: there is none to end (`weaver up` starts one)\n"


def test_server_is_ended_and_gone_when_it_returns(weaver_home: Path, terminal: Terminal) -> None:
    with server(weaver_home) as running:
        told = json.loads(terminal.told("down", "--json"))
        assert running.process.wait(timeout=1) == 0
        assert told == {
            "ended": True, "url": running.url, "process_id": running.process.pid, "suspended": 0, "interrupted": 0,
        }  # fmt: skip
    assert terminal.told("down") == NONE


def test_without_a_server_it_says_how_to_start_one(terminal: Terminal) -> None:
    assert terminal.told("down") == NONE
    assert json.loads(terminal.told("down", "--json"))["ended"] is False


def test_process_that_is_no_server_is_left_alone(weaver_home: Path, terminal: Terminal) -> None:
    """The file may be of a server that was killed, and its number another process's by now."""
    with answering(weaver_home, {}):
        place = json.loads((weaver_home / "server.json").read_text())
        stray = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")
        try:
            (weaver_home / "server.json").write_text(json.dumps({**place, "process_id": stray}))
            code, _, error = terminal.outcome("down")
            assert (code, "but it is not process" in error) == (1, True)
            assert os.waitpid(stray, os.WNOHANG) == (0, 0)
        finally:
            os.kill(stray, signal.SIGKILL)
            os.waitpid(stray, 0)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [(ProcessLookupError(), 1, "end it where it was started"), (PermissionError(), 2, "which is another user's")],
)
def test_server_that_cannot_be_ended_is_told(
    weaver_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: int, told: str
) -> None:
    def kill(_process: int, _number: int) -> None:
        raise fault

    with answering(weaver_home, {}):
        monkeypatch.setattr(down, "_is_weaver", lambda _process: True)
        monkeypatch.setattr(down.os, "kill", kill)
        outcome = terminal.outcome("down")
    assert (outcome[0], told in outcome[2]) == (code, True)


def test_server_that_does_not_go_is_told(
    weaver_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(weaver_home, {}):
        monkeypatch.setattr(down, "_is_weaver", lambda _process: True)
        monkeypatch.setattr(down, "GONE_SECONDS", 0.1)
        monkeypatch.setattr(down.os, "kill", lambda _process, _number: None)
        code, _, error = terminal.outcome("down")
    assert (code, "has not ended after 0.1 s" in error) == (1, True)


def test_runs_that_are_suspended_or_cut_off_are_counted(
    weaver_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs(mode: str, count: int) -> tuple[str, dict[str, int]]:
        return f"/runs?status=running&mode={mode}&page_size=1", {"total": count}

    monkeypatch.setattr(down, "_end", lambda _place, _found: None)
    with answering(weaver_home, dict([runs("paper", 2), runs("live", 1), runs("backtest", 4)])):
        told = terminal.told("down")
    assert "3 runs that trade are suspended, and will go on where left at the next `weaver up`" in told
    assert "4 backtests were cut off" in told
