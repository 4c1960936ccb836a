"""Processes of a server: which there are, and how they are stopped, woken and ended."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.kill.server import processes_of

HOST = "weaver.decider"


def family(pid: int, home: Path) -> dict[int, str]:
    """A server's process and all that it has started, with their commands."""
    found, known = {}, processes_of(home)
    parents = {one: _parent(one) for one in known}
    for one, line in known.items():
        above = one
        while above in parents and above != pid:
            above = parents[above]
        if above == pid:
            found[one] = line
    return found


def deciders(pid: int, home: Path) -> list[int]:
    """The processes in which a server's strategies decide."""
    own = family(pid, home)
    return sorted(one for one, line in own.items() if HOST in line and HOST in own.get(_parent(one), ""))


def end(pid: int) -> None:
    """`kill -9`, unless it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def left_of(pids: Iterable[int], home: Path, seconds: float) -> list[str]:
    """Which of them are still there after so long."""
    deadline, wanted = time.monotonic() + seconds, set(pids)
    while True:
        left = [f"{pid}: {line}" for pid, line in processes_of(home).items() if pid in wanted]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _parent(pid: int) -> int:
    """0: it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(stat.rpartition(")")[2].split()[1])
