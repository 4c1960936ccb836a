"""The process side of a backtest pool: loads everything once, and does each job in a fork of its own.

A fork takes milliseconds, and what a strategy does to its process (modules, globals, memory, signals, threads) ends
with it: no job can touch the next. The parent runs nobody's code, so it always hears a cancellation: it kills the fork.
"""

import os
import select
import selectors
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from weaver.glados.pool.descendants import adopt_orphans, end_children
from weaver.glados.pool.errors import error_body
from weaver.glados.pool.fork import (
    WorkerLimits,
    become_own,
    end_fork,
    error_frame,
    has_ended,
    lines_beyond,
    memory_bytes,
    write_all,
)
from weaver.glados.pool.protocol import Frame, FrameBuffer, encoded, read_frame
from weaver.model.errors import OutOfMemory

_POLL_SECONDS = 0.2
_LAST_MILLISECONDS = 100
"""Between its last word and its end."""
_CHUNK = 1 << 20

Emit = Callable[[bytes], None]
Job = Callable[[Frame, Emit], None]


def protocol_line() -> tuple[BinaryIO, BinaryIO]:
    """The line to the server, moved out of the way: whatever prints to standard output now goes to standard error.

    The other ends of lines that a server's way of starting processes has left open are closed: they are not ours.
    """
    for number in lines_beyond(2):
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
        buffer, most = FrameBuffer(), memory_bytes(os.getpid()) + self._limits.memory_max_bytes
        with selectors.DefaultSelector() as selector:
            selector.register(line, selectors.EVENT_READ)
            selector.register(self._reader, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_POLL_SECONDS)}
                if self._reader in ready:
                    frame = read_frame(self._read_exactly)
                    end_fork(child)
                    end_children()
                    if frame is not None:
                        self._send(encoded("cancelled", {}))
                    return frame is not None
                data = os.read(line, _CHUNK) if line in ready else None
                for whole in buffer.feed(data or b""):
                    self._send(whole)
                # A process that the job left behind may hold the line open: the fork's own end counts too.
                if data == b"" or (data is None and has_ended(child)):
                    for whole in buffer.feed(_left_in(line)):  # it may have spoken since the look at the line
                        self._send(whole)
                    status = end_fork(child, patience=_LAST_MILLISECONDS)
                    end_children()
                    self._send(encoded("ended", {"status": status}))
                    return True
                if memory_bytes(child) > most:
                    end_fork(child)
                    end_children()
                    self._send(encoded("error", error_body(OutOfMemory(""), message="")))
                    self._send(encoded("ended", {"status": -signal.SIGKILL}))
                    return True

    def _send(self, frame: bytes) -> None:
        write_all(self._writer.fileno(), frame)

    def _read_exactly(self, count: int) -> bytes:
        parts = []
        while count and (part := os.read(self._reader.fileno(), min(count, _CHUNK))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _left_in(line: int) -> bytes:
    """What can be read without waiting."""
    parts = []
    while select.select([line], [], [], 0)[0] and (part := os.read(line, _CHUNK)):
        parts.append(part)
    return b"".join(parts)


# In the fork


def _work(job: Job, frame: Frame, line: int, parent: int, limits: WorkerLimits) -> None:
    """Do the job and leave; never returns."""
    code = 1
    try:
        become_own(parent, limits)
        _report(job, frame, partial(write_all, line))
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must not return into its parent's loop, whatever happens
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _report(job: Job, frame: Frame, emit: Emit) -> None:
    """Do the job; what it raises is told, in one line."""
    try:
        job(frame, emit)
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything, and the server is told of all
        emit(error_frame(error))
