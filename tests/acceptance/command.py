"""The real `weaver` command in a process of its own, with a home and a folder of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROGRESS = re.compile(
    r"^(Reading|Backtest|Look-ahead check|Writing|Importing|Checking|Copying)( \d+ %)?\n", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished process left behind."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder to work in, and a WEAVER_HOME."""

    folder: Path
    home: Path

    def run(self, *arguments: object, limit: Callable[[], None] | None = None) -> Outcome:
        """Run to the end."""
        process = self.start(*arguments, limit=limit)
        stdout, stderr = process.communicate(timeout=120)
        return Outcome(code=process.returncode, stdout=stdout, stderr=without_progress(stderr))

    def start(self, *arguments: object, limit: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
        """A process that is running, and hears a Ctrl-C even where this one was started in the background."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if limit is not None:
                limit()

        return subprocess.Popen(
            [sys.executable, "-m", "weaver", *map(str, arguments)],
            cwd=self.folder, env={**os.environ, "WEAVER_HOME": str(self.home)}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=prepare,  # noqa: PLW1509 - no threads here
        )  # fmt: skip

    def files(self) -> dict[str, bytes]:
        """Every file below folder and home, with its bytes."""
        return {
            str(path): path.read_bytes()
            for root in (self.folder, self.home)
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name != ".lock" and "__pycache__" not in path.parts
        }


def without_progress(stderr: str) -> str:
    """Without what a command says of itself once it has taken a second, as any may on a slow machine."""
    return _PROGRESS.sub("", stderr)


def csv(rows: Sequence[str], *, header: str = "timestamp,open,high,low,close,volume") -> str:
    """A file of prices."""
    return "\n".join([header, *rows, ""])


def days(count: int, *, start: int = 0) -> list[str]:
    """Daily rows from 2020-01-02 on, of a price that goes up and down; weekdays only."""
    import numpy as np

    dates = np.busday_offset("2020-01-02", np.arange(start, start + count), roll="forward")
    price = 100 + 10 * np.sin(np.arange(start, start + count) / 7)
    return [f"{day},{p:.2f},{p + 1:.2f},{p - 1:.2f},{p + 0.5:.2f},10000" for day, p in zip(dates, price, strict=True)]
