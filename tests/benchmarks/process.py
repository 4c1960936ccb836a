"""Whole processes, measured from outside."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.contest import BENCH, ROOT, WEAVER

LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process used: seconds of wall and processor time, peak resident bytes, and what it printed."""

    wall: float
    cpu: float
    peak: int
    output: str


def run(command: Sequence[str | Path]) -> Usage:
    """Run a command to its end; RuntimeError with its last line if it fails."""
    environment = {**os.environ, "WEAVER_HOME": str(BENCH / "home"), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its byte code
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "used.json"
        launched = [str(WEAVER), "-I", "-S", str(LAUNCH), str(report), *map(str, command)]
        done = subprocess.run(launched, cwd=ROOT, env=environment, text=True, capture_output=True, check=True)
        used = json.loads(report.read_text())
    if used.pop("exit_code") != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise RuntimeError(f"{' '.join(map(str, command))} failed: {last}")
    return Usage(**used, output=done.stdout)
