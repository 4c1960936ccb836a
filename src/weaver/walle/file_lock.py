"""A lock on a file between processes, which is not waited for without end."""

import fcntl
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from weaver.model.errors import Unavailable
from weaver.walle.own_file import open_own

_POLL_SECONDS = 0.05
_LOCKS = Path("/proc/locks")


@contextmanager
def locked(
    path: Path, *, what: str, seconds: float, shared: bool = False, on_wait: Callable[[str], None] = lambda _told: None
) -> Iterator[None]:
    """Hold the lock of a file, which is made where there is none.

    what: is guarded by it, for messages. shared: beside others who share it. on_wait: called once where somebody else
    has it, with a line that says who. Raises Unavailable where that goes on for `seconds`,
    and InputError where the file is none of ours.
    """
    with open_own(path) as file:
        deadline, has_told = time.monotonic() + seconds, False
        while not _taken(file.fileno(), shared=shared):
            if not has_told:
                on_wait(f"waiting for {what}, which {_holder(path)} is changing")
                has_told = True
            if time.monotonic() >= deadline:
                raise Unavailable(
                    f"{what}: {_holder(path)} has been changing it for {seconds:g} s (WEAVER_LOCK_SECONDS): "
                    "try again when that is done"
                )
            select.select([], [], [], _POLL_SECONDS)
        yield


def _taken(handle: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    """Who has the lock, as far as the system tells."""
    try:
        inode = str(path.stat().st_ino)
        lines = [line.split() for line in _LOCKS.read_text().splitlines()]
        holder = next(words[4] for words in lines if words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode)
        command = Path(f"/proc/{holder}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ").strip()
    except (OSError, StopIteration, IndexError):
        return "another process"
    return "another import or removal here" if int(holder) == os.getpid() else f"process {holder} ({command[:80]})"
