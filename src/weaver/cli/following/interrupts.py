"""Ctrl-C while a run is followed: it ends nothing by itself, but is counted; and keys that are asked for."""

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Mapping
from types import FrameType

LOOK_SECONDS = 0.1


class Interrupts:
    """To be entered (`with`): until then, and afterwards, Ctrl-C does what it did."""

    def __init__(self) -> None:
        self._come = 0
        self._before: object = None

    def __enter__(self) -> "Interrupts":
        self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type] # what it gave is what it takes

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._come += 1

    def taken(self) -> bool:
        """Whether it was pressed since this was asked last."""
        come, self._come = self._come, 0
        return come > 0

    def key(self, question: str, choices: Mapping[str, str]) -> str | None:
        """What the user chooses, by its key; None: Ctrl-C once more, or the terminal's end."""
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        try:
            tty.setcbreak(descriptor, termios.TCSANOW)  # before the question: a quick key is not lost
            sys.stderr.write(question)
            sys.stderr.flush()
            while not self.taken():
                if not select.select([descriptor], [], [], LOOK_SECONDS)[0]:
                    continue
                pressed = os.read(descriptor, 1).decode(errors="replace").lower()  # past Python's own buffer
                if not pressed:
                    return None
                if pressed in choices:
                    return choices[pressed]
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        return None


def can_be_asked() -> bool:
    """Whether there is somebody at a keyboard."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()
