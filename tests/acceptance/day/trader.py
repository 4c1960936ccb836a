"""A trader at a terminal: a home of their own with the sample data, the command, and a terminal to press keys at."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from tests.environment import forget_settings
from tests.shared_data import REPOSITORY

PATIENCE_SECONDS = 90.0
CTRL_C = b"\x03"
SLOW = ("--replay", "2010-01-04..2013-03-01", "--speed", "86400")
"""Three years that take longer than any test."""


class Trader:
    """With a home that has Apple's daily prices in its store."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home.with_name(f"{home.name}-work")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **os.environ,
            "WEAVER_HOME": str(home),
            "SERVER_PORT": "0",
            "COLUMNS": "150",
            "TERM": "xterm",
        }

    def does(self, *words: object) -> "subprocess.CompletedProcess[str]":
        """A command, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "weaver", *map(str, words)], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip

    def told(self, *words: object) -> str:
        """What one says that works."""
        done = self.does(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answered(self, *words: object) -> Any:
        """The object that one prints, and nothing else."""
        return json.loads(self.told(*words, "--json"))

    def answered_by_backtest(self, first: str, last: str) -> Any:
        """What `weaver backtest` makes of the shipped strategy on the same days."""
        words = ("backtest", "sma-crossover", "--symbol", "AAPL", "--from", first, "--to", last)
        return json.loads(self.told(*words, "--no-lookahead-check", "--json", "-"))

    def refused(self, *words: object) -> tuple[int, str]:
        """Exit code and the one line of one that does not work."""
        done = self.does(*words)
        lines = done.stderr.splitlines()
        assert (done.stdout, len(lines)) == ("", 1), done.stderr + done.stdout
        return done.returncode, lines[0]

    def started(self, *words: object) -> "subprocess.Popen[str]":
        """A command that is running, at no terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "weaver", *map(str, words)], cwd=self.folder, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,  # noqa: PLW1509
        )  # fmt: skip

    def at_terminal(self, *words: object) -> "Terminal":
        """A command at a terminal of its own."""
        return Terminal([sys.executable, "-m", "weaver", *map(str, words)], self.folder, self.environment)


class Terminal:
    """What a command shows there, and keys."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, b"\x32\x00\x96\x00\x00\x00\x00\x00")  # 50 rows of 150 columns

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
            preexec_fn=own_terminal,  # noqa: PLW1509 - no threads here
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def until(self, pattern: str, *, behind: int = 0) -> int:
        """Wait until something is shown; where it ends in what is shown."""
        end = monotonic() + PATIENCE_SECONDS
        while (found := re.search(pattern, self.shown[behind:])) is None:
            assert monotonic() < end, f"{pattern!r} is not shown: {self.shown[-3000:]}"
            assert self._read() or self._process.poll() is None, f"ended without {pattern!r}: {self.shown[-3000:]}"
        return behind + found.end()

    def press(self, keys: bytes) -> None:
        """As a hand would."""
        os.write(self._ours, keys)

    def ended(self) -> int:
        """Its exit code."""
        end = monotonic() + PATIENCE_SECONDS
        while self._process.poll() is None:
            assert monotonic() < end, self.shown[-3000:]
            self._read()
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait()

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 0.1)[0]:
            return False
        try:
            piece = os.read(self._ours, 65_536)
        except OSError:  # nobody holds the other end any more
            return False
        self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", piece.decode(errors="replace"))
        return bool(piece)


@contextmanager
def trader(home: Path) -> Iterator[Trader]:
    """One whose server, where there is one, is gone at the end of the block."""
    forget_settings()
    one = Trader(home)
    one.told("data", "import", REPOSITORY / "data" / "AAPL_1d.csv", REPOSITORY / "data" / "AAPL_actions.csv")
    try:
        yield one
    finally:
        one.does("down")


def server_is_there(one: Trader) -> bool:
    """Whether a server answers, and its process lives."""
    return bool(one.answered("venues")["items"])
