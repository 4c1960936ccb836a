"""The progress bar: seen when it takes long and somebody looks, else silent."""

import io
import sys
import time

import pytest

from weaver.cli import progress
from weaver.cli.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_stderr_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.0)
    with ProgressBar() as bar:
        bar("Backtest", 0.5)
        time.sleep(0.05)
        bar.say("a line")
    assert capsys.readouterr() == ("", "a line\n")


def test_what_takes_long_is_shown_with_its_name_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.01)
    with ProgressBar() as bar:
        bar("Backtest", 0.25)
        end = time.monotonic() + 10
        while "25%" not in terminal.getvalue() and time.monotonic() < end:
            time.sleep(0.02)
        bar("Look-ahead check", 0.5)
        bar.say("a line")
    assert "Backtest" in terminal.getvalue()
    assert "25%" in terminal.getvalue()
    assert "a line" in terminal.getvalue()


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBar() as bar:
        bar("Backtest", 1.0)
    assert terminal.getvalue() == ""
