"""What is around a fork that runs somebody's code: its own group, its limits, its end, and how its errors are told."""

import ctypes
import os
import resource
import select
import signal
import stat
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from weaver.glados.pool.errors import error_body
from weaver.glados.pool.protocol import encoded
from weaver.marvin.blame import blame_strategy, words_of
from weaver.model.errors import OutOfMemory, RunFailed, StrategyError, WeaverError
from weaver.model.fit_text import fit_to_keep

MESSAGE_LENGTH_MAX = 2_000
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """What a worker may take of the machine."""

    memory_max_bytes: int
    """How much memory a job may have beyond what the process holds before it."""
    nice: int
    """How much a worker steps back behind the server."""


def lines_beyond(number: int) -> list[int]:
    """The open pipes and sockets with higher numbers."""
    found = []
    for name in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").is_dir() else ():
        with suppress(OSError):  # that of the listing itself is gone by now
            mode = os.fstat(int(name.name)).st_mode
            if int(name.name) > number and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
                found.append(int(name.name))
    return found


def has_ended(child: int) -> bool:
    """Whether a child has ended; it has still to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_fork(child: int, *, patience: int = 0) -> int:
    """End a fork with whatever it started, and give its exit code; minus the signal where one ended it.

    `patience`: how many milliseconds it may take to leave by itself, so that its own exit code is seen.
    """
    while patience and not has_ended(child):
        select.select([], [], [], 0.001)
        patience -= 1
    os.killpg(child, signal.SIGKILL)  # while it has not been waited for, its id cannot be another's
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become_own(parent: int, limits: WorkerLimits) -> None:
    """A group of its own, which ends with its parent and has only so much memory."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    most = _data_bytes() + limits.memory_max_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _data_bytes() -> int:
    """The private memory that the process has been given; 0 where the system does not say."""
    try:
        text = Path("/proc/self/status").read_text()
    except FileNotFoundError:
        return 0
    line = next(line for line in text.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024


def memory_bytes(process: int) -> int:
    """The memory that a process really holds but for files', what it shares among it; 0 where the system does not say.

    The limit on private memory, which the fork has of the system, does not see what is shared.
    """
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    held = [line for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:"))]
    return sum(int(line.split()[1]) for line in held) * 1024


def error_frame(error: BaseException) -> bytes:
    """What was raised, as a message, in one line; what is no strategy's fault is printed whole."""
    meant = _meant(error)
    if not isinstance(error, WeaverError) and not isinstance(meant, StrategyError):
        traceback.print_exc()
    return encoded("error", error_body(meant, message=fit_to_keep(words_of(meant), length_max=MESSAGE_LENGTH_MAX)))


def _meant(error: BaseException) -> WeaverError:
    """What a job raised, as an error of Weaver's."""
    text = words_of(error)
    if any(isinstance(cause, MemoryError) for cause in (error, error.__cause__, error.__context__)):
        return OutOfMemory(text if isinstance(error, WeaverError) else "")
    if isinstance(error, WeaverError):
        return error
    blamed = blame_strategy(error)  # what a strategy raised that no engine catches: KeyboardInterrupt, for one
    if blamed is not None:
        return StrategyError(blamed)
    return RunFailed(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def write_all(line: int, data: bytes) -> None:
    """Write bytes to a blocking line."""
    view = memoryview(data)
    while view:
        view = view[os.write(line, view) :]
