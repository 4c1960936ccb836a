"""The real server in a process of its own, with a home of its own: started, stopped, killed, and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.environment import forget_settings

PATIENCE_SECONDS = 60.0
"""How long to wait for what takes a second."""


class Server:
    """`weaver up` on a free port. `said` and `log` are what it wrote in all its lives."""

    module = "weaver"
    """What it is started as."""
    patience_seconds = PATIENCE_SECONDS
    """How long it may take to start."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.home, self._arguments, self._environment = home, arguments, environment
        self.url = ""
        """Where it is now; another port after each start."""
        home.mkdir(parents=True, exist_ok=True)
        number = len(list(home.parent.glob(f"{home.name}-*.log")))  # several servers may share a home
        self._out, self._errors = (home.with_name(f"{home.name}-{number}.{end}") for end in ("out", "log"))
        for file in (self._out, self._errors):
            file.touch()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it says that it is ready; fails with its last words where it does not."""
        begin = len(self.said)
        process = self.launch()
        deadline = time.monotonic() + self.patience_seconds
        while (found := re.search(r"is ready: (http://\S+)", self.said[begin:])) is None:
            assert process.poll() is None, f"it ended with {process.returncode}: {self.log[-2000:]}"
            assert time.monotonic() < deadline, f"not ready after {self.patience_seconds} s: {self.log[-2000:]}"
            time.sleep(0.02)
        self.url = found[1]

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the process, and wait for nothing."""
        forget_settings()
        with self._out.open("ab") as out, self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, "up", "--no-open", *self._arguments],
                env={**os.environ, "SERVER_PORT": "0", **self._environment, "WEAVER_HOME": str(self.home)},
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
            )  # fmt: skip
        return self._process

    def stop(self) -> int:
        """Ask it to stop; its exit code: 0 in order, 1 where it left by force, as it does after five seconds."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    @property
    def process_id(self) -> int:
        """Of the process that answers."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def said(self) -> str:
        """Standard output."""
        return self._out.read_text()

    @property
    def log(self) -> str:
        """Standard error."""
        return self._errors.read_text()

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def server(home: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server that is ready, and gone at the end of the block."""
    running = Server(home, *arguments, **environment)
    try:
        running.start()
        yield running
    finally:
        running.kill()
