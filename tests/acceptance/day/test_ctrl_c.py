"""Ctrl-C while a run is followed: it asks, and never ends more than it says."""

import signal

import pytest

from tests.acceptance.day.trader import CTRL_C, SLOW, Terminal, Trader, server_is_there

QUESTION = r"\[l\]eave it running, \[s\]top it, stop and \[f\]latten, or \[c\]ontinue"
TRADE = ("trade", "sma-crossover", "--symbol", "AAPL", "--set", "fast=2", "--set", "slow=5", *SLOW)


def following(desk: Trader) -> Terminal:
    """A run that trades, in a terminal; it has bought something."""
    terminal = desk.at_terminal(*TRADE)
    terminal.until(r"fill +buy")
    terminal.press(CTRL_C)
    terminal.until(QUESTION)
    return terminal


def newest(desk: Trader) -> str:
    return str(desk.answered("runs", "list")["items"][0]["id"])


def status(desk: Trader, run: str) -> str:
    return str(desk.answered("runs", "show", run)["status"])


def test_key_stops_the_run_and_shows_its_summary(desk: Trader) -> None:
    terminal = following(desk)
    terminal.press(b"s")
    terminal.until("Maximum drawdown")
    assert terminal.ended() == 0
    assert status(desk, newest(desk)) == "stopped"
    assert "stopping it: its orders are cancelled" in terminal.shown
    assert server_is_there(desk)


def test_key_stops_and_flattens(desk: Trader) -> None:
    terminal = following(desk)
    terminal.press(b"x")  # no choice
    terminal.press(b"F")
    assert terminal.ended() == 0
    run = newest(desk)
    assert status(desk, run) == "stopped"
    assert "stopping it, and closing what it holds" in terminal.shown
    assert desk.answered("runs", "show", run)["status"] == "stopped"


def test_key_leaves_it_running_and_says_how_to_come_back(desk: Trader) -> None:
    terminal = following(desk)
    terminal.press(b"l")
    assert terminal.ended() == 0
    run = newest(desk)
    assert f"runs tail {run}" in terminal.shown
    assert status(desk, run) == "running"
    desk.told("runs", "stop", run)


def test_second_ctrl_c_leaves_it_running_and_the_server_too(desk: Trader) -> None:
    terminal = following(desk)
    terminal.press(CTRL_C)
    assert terminal.ended() == 130
    run = newest(desk)
    assert status(desk, run) == "running"
    assert server_is_there(desk)
    desk.told("runs", "stop", run)


def test_key_goes_on_following(desk: Trader) -> None:
    terminal = following(desk)
    here = len(terminal.shown)
    terminal.press(b"c")
    terminal.until(r"fill +sell", behind=here)
    terminal.press(CTRL_C)
    terminal.until(QUESTION, behind=here)
    terminal.press(b"s")
    assert terminal.ended() == 0


def test_without_a_terminal_it_is_left_running_and_that_is_said(desk: Trader) -> None:
    process = desk.started(*TRADE)
    assert process.stdout is not None
    lines = []
    while not lines or "fill" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    run = newest(desk)
    assert process.returncode == 130
    assert f"goes on without us: run {run}" in rest
    assert status(desk, run) == "running"
    desk.told("runs", "stop", run)


def test_server_that_a_command_started_outlives_its_ctrl_c(newcomer: Trader) -> None:
    terminal = following(newcomer)
    assert "starting one in the background" in terminal.shown
    terminal.press(CTRL_C)
    assert terminal.ended() == 130
    assert server_is_there(newcomer)


@pytest.mark.parametrize("how", ["--json", "--detach"])
def test_nothing_is_asked_of_whoever_does_not_wait(desk: Trader, how: str) -> None:
    done = desk.does("trade", "sma-crossover", "--symbol", "AAPL", how)
    assert done.returncode == 0, done.stderr
