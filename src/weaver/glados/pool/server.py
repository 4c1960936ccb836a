"""The process side of a backtest pool: loads everything once, and does each job in a fork of its own.

A fork takes milliseconds, and what a strategy does to its process (modules, globals, memory, signals, threads) ends
with it: no job can touch the next. The parent runs nobody's code, so it always hears a cancellation: it kills the fork.
"""

import ctypes
import os
import resource
import select
import selectors
import signal
import stat
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from weaver.glados.pool.descendants import adopt_orphans, end_children
from weaver.glados.pool.errors import error_body
from weaver.glados.pool.protocol import Frame, FrameBuffer, encoded, read_frame
from weaver.marvin.blame import blame_strategy, words_of
from weaver.model.errors import OutOfMemory, RunFailed, StrategyError, WeaverError
from weaver.model.fit_text import fit_to_keep

MESSAGE_LENGTH_MAX = 2_000
_POLL_SECONDS = 0.2
_LAST_MILLISECONDS = 100
"""Between its last word and its end."""
_CHUNK = 1 << 20
_PR_SET_PDEATHSIG = 1

Emit = Callable[[bytes], None]
Job = Callable[[Frame, Emit], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """What a worker may take of the machine."""

    memory_max_bytes: int
    """How much memory a job may have beyond what the process holds before it."""
    nice: int
    """How much a worker steps back behind the server."""


def protocol_line() -> tuple[BinaryIO, BinaryIO]:
    """The line to the server, moved out of the way: whatever prints to standard output now goes to standard error.

    The other ends of lines that a server's way of starting processes has left open are closed: they are not ours.
    """
    for number in _lines_beyond(2):
        os.close(number)
    reader, writer = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return reader, writer


class WorkerServer:
    """Does jobs, one at a time, until its server is gone."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO, job: Job, limits: WorkerLimits) -> None:
        self._reader, self._writer, self._job, self._limits = reader, writer, job, limits

    def serve(self) -> None:
        """Say that it is ready, and do what comes. Returns when the server has hung up."""
        os.nice(self._limits.nice)
        adopt_orphans()
        self._send(encoded("ready", {"pid": os.getpid()}))
        while (frame := read_frame(self._read_exactly)) is not None:
            if frame.kind == "cancel":  # it crossed with the end of the job
                self._send(encoded("cancelled", {}))
            elif not self._do(frame):
                return

    def _do(self, frame: Frame) -> bool:
        """Do a job in a fork. False: the server is gone."""
        inner, outer = os.pipe()
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            os.close(inner)
            self._reader.close()
            self._writer.close()
            _work(self._job, frame, outer, parent, self._limits)
        os.close(outer)
        os.setpgid(child, child)  # the fork does the same: whoever comes first
        try:
            return self._watch(child, inner)
        finally:
            os.close(inner)

    def _watch(self, child: int, line: int) -> bool:
        """Hand on what a fork says until it ends, is cancelled, or the server is gone."""
        buffer, most = FrameBuffer(), _memory_bytes(os.getpid()) + self._limits.memory_max_bytes
        with selectors.DefaultSelector() as selector:
            selector.register(line, selectors.EVENT_READ)
            selector.register(self._reader, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_POLL_SECONDS)}
                if self._reader in ready:
                    frame = read_frame(self._read_exactly)
                    _end(child)
                    end_children()
                    if frame is not None:
                        self._send(encoded("cancelled", {}))
                    return frame is not None
                data = os.read(line, _CHUNK) if line in ready else None
                for whole in buffer.feed(data or b""):
                    self._send(whole)
                # A process that the job left behind may hold the line open: the fork's own end counts too.
                if data == b"" or (data is None and _has_ended(child)):
                    for whole in buffer.feed(_left_in(line)):  # it may have spoken since the look at the line
                        self._send(whole)
                    status = _end(child, patience=_LAST_MILLISECONDS)
                    end_children()
                    self._send(encoded("ended", {"status": status}))
                    return True
                if _memory_bytes(child) > most:
                    _end(child)
                    end_children()
                    self._send(encoded("error", error_body(OutOfMemory(""), message="")))
                    self._send(encoded("ended", {"status": -signal.SIGKILL}))
                    return True

    def _send(self, frame: bytes) -> None:
        _write(self._writer.fileno(), frame)

    def _read_exactly(self, count: int) -> bytes:
        parts = []
        while count and (part := os.read(self._reader.fileno(), min(count, _CHUNK))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _lines_beyond(number: int) -> list[int]:
    """The open pipes and sockets with higher numbers."""
    found = []
    for name in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").is_dir() else ():
        with suppress(OSError):  # that of the listing itself is gone by now
            mode = os.fstat(int(name.name)).st_mode
            if int(name.name) > number and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
                found.append(int(name.name))
    return found


def _left_in(line: int) -> bytes:
    """What can be read without waiting."""
    parts = []
    while select.select([line], [], [], 0)[0] and (part := os.read(line, _CHUNK)):
        parts.append(part)
    return b"".join(parts)


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(child: int, *, patience: int = 0) -> int:
    """End a fork with whatever it started, and give its exit code; minus the signal where one ended it.

    `patience`: how many milliseconds it may take to leave by itself, so that its own exit code is seen.
    """
    while patience and not _has_ended(child):
        select.select([], [], [], 0.001)
        patience -= 1
    os.killpg(child, signal.SIGKILL)  # while it has not been waited for, its id cannot be another's
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# In the fork


def _work(job: Job, frame: Frame, line: int, parent: int, limits: WorkerLimits) -> None:
    """Do the job and leave; never returns."""
    code = 1
    try:
        _become_own(parent, limits)
        _report(job, frame, partial(_write, line))
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must not return into its parent's loop, whatever happens
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _become_own(parent: int, limits: WorkerLimits) -> None:
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


def _memory_bytes(process: int) -> int:
    """The memory that a process really holds but for files', what it shares among it; 0 where the system does not say.

    The limit on private memory, which the fork has of the system, does not see what is shared.
    """
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    held = [line for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:"))]
    return sum(int(line.split()[1]) for line in held) * 1024


def _report(job: Job, frame: Frame, emit: Emit) -> None:
    """Do the job; what it raises is told, in one line."""
    try:
        job(frame, emit)
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything, and the server is told of all
        meant = _meant(error)
        if not isinstance(error, WeaverError) and not isinstance(meant, StrategyError):
            traceback.print_exc()
        emit(encoded("error", error_body(meant, message=fit_to_keep(words_of(meant), length_max=MESSAGE_LENGTH_MAX))))


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


def _write(line: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(line, view) :]
