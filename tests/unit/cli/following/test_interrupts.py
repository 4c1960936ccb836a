"""Ctrl-C is counted, and keys are read one at a time."""

import os
import pty
import signal
import sys
import termios
from collections.abc import Iterator
from threading import Timer

import pytest

from weaver.cli.following.interrupts import Interrupts, can_be_asked

CHOICES = {"l": "leave", "s": "stop"}


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end of a terminal at which keys are pressed; the other is standard input."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


def test_ctrl_c_is_counted_and_afterwards_does_what_it_did() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        assert not interrupts.taken()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupts.taken()
        assert not interrupts.taken()
    assert signal.getsignal(signal.SIGINT) is before


def test_key_needs_no_enter_and_others_are_passed_over(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    before = termios.tcgetattr(sys.stdin.fileno())
    with Interrupts() as interrupts:
        os.write(keyboard, b"xS")
        assert interrupts.key("which? ", CHOICES) == "stop"
    assert termios.tcgetattr(sys.stdin.fileno()) == before
    assert capsys.readouterr().err == "which? "


def test_ctrl_c_instead_of_a_key_chooses_nothing(keyboard: int) -> None:
    with Interrupts() as interrupts:
        timer = Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        assert interrupts.key("which? ", CHOICES) is None
        timer.join()


def test_somebody_is_there_where_input_and_errors_are_a_terminal(
    keyboard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not can_be_asked()  # standard error is read by the test
    monkeypatch.setattr(sys, "stderr", sys.stdin)
    assert can_be_asked()
    monkeypatch.setattr(sys, "stdin", None)
    assert not can_be_asked()
