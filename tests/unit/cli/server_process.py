"""A real `weaver up` in a process of its own, on a free port."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 60


class ServerProcess:
    """A server that says that it is ready."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process, self._log = process, log
        assert process.stdout is not None
        self.told = ""
        while (found := re.search(r"http://\S+", self.told)) is None:
            line = process.stdout.readline()
            assert line, f"not ready: {self.told!r} {self.log()}"
            self.told += line
        self.url = found[0]
        self.told += process.stdout.readline()

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Status and body: JSON where it is, else text."""
        request = Request(self.url + path, headers=headers)
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                status, text = answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                status, text = error.code, error.read().decode()
        return status, json.loads(text) if text.startswith(("{", "[")) else text

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code: 1 where it left by force, as it does after five seconds."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def log(self) -> str:
        """What it wrote to standard error."""
        return self._log.read_text()


@contextmanager
def server(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[ServerProcess]:
    """A running server; killed at the end where the test has not stopped it."""
    home.mkdir(parents=True, exist_ok=True)
    log = home.with_name(f"{home.name}.log-{len(list(home.parent.iterdir()))}")
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "weaver", "up", "--no-open", "--port", "0", *arguments],
            env={**os.environ, "WEAVER_HOME": str(home), **(environment or {})}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
        )  # fmt: skip
    try:
        yield ServerProcess(process, log)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def weaver(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and error of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "weaver", *arguments],
        env={**os.environ, "WEAVER_HOME": str(home), **(environment or {})},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr
