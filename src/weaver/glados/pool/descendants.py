"""Processes that somebody's code left behind: found and ended, however they hid."""

import ctypes
import os
import signal
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PROCESSES = Path("/proc")
_ROUNDS = 100
"""Who starts others while it is being ended is met again; so often at most."""


def adopt_orphans() -> None:
    """Become the parent of whoever loses its own further down, so that `end_children` finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_children(*, but: Collection[int] = ()) -> None:
    """End all processes below this one, sessions of their own or not, and wait for them; `but` some children, with what
    is below them."""
    for _ in range(_ROUNDS):
        left = [child for child, parent in _parents() if parent == os.getpid() and child not in but]
        if not left:
            return
        for child in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        for child in left:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def end_marked(variable: str, value: str) -> None:
    """End all processes whose environment has a variable at that value, wherever they are by now."""
    mark = f"{variable}={value}".encode()
    for path in _PROCESSES.glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or is another user's
            if mark in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), signal.SIGKILL)


def _parents() -> Iterator[tuple[int, int]]:
    """Each process with its parent."""
    for path in _PROCESSES.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in brackets, may have any sign in it; behind its last bracket stand the state and the parent.
            yield int(path.parent.name), int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
