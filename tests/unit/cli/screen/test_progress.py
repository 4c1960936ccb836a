"""Progress: seen when it takes long, as a bar on a terminal and as lines elsewhere."""

import io
import sys
import time

import pytest

from weaver.cli.screen import progress
from weaver.cli.screen.progress import LINE_AFTER_SECONDS, LINE_EVERY_SECONDS, ProgressBar

PATIENCE_SECONDS = 60.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def wait_for(told: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What was written to stderr until `told` was."""
    end, text = time.monotonic() + PATIENCE_SECONDS, ""
    while told not in text and time.monotonic() < end:
        time.sleep(0.01)
        text += capsys.readouterr().err
    return text


def test_where_stderr_is_no_terminal_lines_tell_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "LINE_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(progress, "LINE_EVERY_SECONDS", 0.02)
    with ProgressBar() as bar:
        assert wait_for("Reading\n", capsys).startswith("Reading\n")
        bar("Backtest", 0.407)
        assert wait_for("Backtest 40 %\n", capsys).endswith("Backtest 40 %\n")
        bar("Writing")
        assert wait_for("Writing\n", capsys).endswith("Writing\n")
    capsys.readouterr()
    time.sleep(0.1)
    assert capsys.readouterr() == ("", "")


def test_work_of_less_than_a_second_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.0)
    monkeypatch.setattr(progress, "LINE_AFTER_SECONDS", PATIENCE_SECONDS)  # as much as a second on a quick machine
    with ProgressBar() as bar:
        bar("Backtest", 0.5)
        time.sleep(0.05)
        bar.say("a line")
    assert capsys.readouterr() == ("", "a line\n")
    assert (LINE_AFTER_SECONDS, LINE_EVERY_SECONDS) == (1.0, 5.0)


def test_stderr_that_is_closed_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(progress, "LINE_AFTER_SECONDS", 0.0)
    with ProgressBar() as bar:
        time.sleep(0.05)
        bar.say("a line")


def test_what_takes_long_is_shown_with_its_name_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.01)
    with ProgressBar() as bar:
        bar("Backtest", 0.25)
        end = time.monotonic() + PATIENCE_SECONDS
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
    monkeypatch.setattr(progress, "DELAY_SECONDS", PATIENCE_SECONDS)
    with ProgressBar() as bar:
        bar("Backtest", 1.0)
    assert terminal.getvalue() == ""
