"""The process side of deciders: a host that loads everything once, and forks one process a run.

The host runs nobody's code, so whatever a strategy does to its process it hears what the server asks. On its line to
the server go frames. To it: `new` (a key; with it come two descriptors, the decider's line and its standard error) and
`end` (a key). From it: `ready`, `forked` (key, pid) and `ended` (key, status, is_greedy). When the server is gone, so
are all. What a strategy starts ends with it, and what it lets go of ends at the next occasion.
"""

import os
import selectors
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

from weaver.glados.pool.descendants import adopt_orphans, end_children
from weaver.glados.pool.fork import WorkerLimits, become_own, end_fork, error_frame, has_ended, memory_bytes, write_all
from weaver.glados.pool.protocol import Frame, FrameBuffer, decoded, encoded, read_frame, taken_apart

_LOOK_SECONDS = 1.0
"""How often the memory of deciders is looked at; what they ask of the system is limited by that at once."""
_CHUNK = 1 << 16
_SAY_SECONDS = 0.02
"""So long answers wait at most for those that come after them, to be sent together."""
_DESCRIPTORS_MAX = 16

Answer = Callable[[Frame], Iterator[bytes | None]]
"""What a decider answers a message, as often as that asks for; None: nothing, of which the server is told how often
in a row. What it raises is its last word."""


def control_line() -> socket.socket:
    """The line to the server, moved out of the way of standard input and output."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(2, 1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return control


class DeciderHost:
    """Forks deciders, and sees to their ends."""

    def __init__(self, control: socket.socket, new_answer: Callable[[], Answer], limits: WorkerLimits) -> None:
        """new_answer: makes what answers one run's messages, in its own process."""
        self._control, self._new_answer, self._limits = control, new_answer, limits
        self._buffer, self._descriptors = FrameBuffer(), deque[int]()
        self._deciders: dict[int, str] = {}
        """Keys by process."""
        self._greedy: set[int] = set()
        self._woken, self._wakes = socket.socketpair()

    def serve(self) -> None:
        """Do what the server asks, until it has hung up."""
        os.nice(self._limits.nice)
        adopt_orphans()
        self._wakes.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        self._most = memory_bytes(os.getpid()) + self._limits.memory_max_bytes
        self._send("ready", {"pid": os.getpid()})
        try:
            self._attend()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server is gone
        finally:
            for child in self._deciders:
                end_fork(child)
            end_children()

    def _attend(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_LOOK_SECONDS)}
                if self._control in ready and not self._hear():
                    return
                if self._woken in ready:
                    self._woken.recv(_CHUNK)
                    self._bury()
                self._look_at_memory()

    def _hear(self) -> bool:
        """Do what the server has asked. False: it is gone."""
        data, descriptors, _, _ = socket.recv_fds(self._control, _CHUNK, _DESCRIPTORS_MAX)
        self._descriptors += descriptors
        for whole in self._buffer.feed(data):
            frame = decoded(*taken_apart(whole))
            if frame.kind == "new":
                self._fork(str(frame.body["key"]))
            else:
                for child in [one for one, key in self._deciders.items() if key == frame.body["key"]]:
                    self._end(child)
        return bool(data)

    def _fork(self, key: str) -> None:
        line, errors = self._descriptors.popleft(), self._descriptors.popleft()
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._be(line, errors, parent)
        for descriptor in (line, errors):
            os.close(descriptor)
        os.setpgid(child, child)  # the fork does the same: whoever comes first
        self._deciders[child] = key
        self._send("forked", {"key": key, "pid": child})

    def _bury(self) -> None:
        """Tell of the deciders that have ended, and end what some have let go of."""
        for child in [child for child in self._deciders if has_ended(child)]:
            self._end(child)
        end_children(but=self._deciders)

    def _end(self, child: int) -> None:
        key, status = self._deciders.pop(child), end_fork(child)
        end_children(but=self._deciders)
        self._send("ended", {"key": key, "status": status, "is_greedy": child in self._greedy})
        self._greedy.discard(child)

    def _look_at_memory(self) -> None:
        for child in [child for child in self._deciders if memory_bytes(child) > self._most]:
            self._greedy.add(child)
            self._end(child)

    def _send(self, kind: str, body: dict[str, Any]) -> None:
        self._control.sendall(encoded(kind, body))

    # In the fork

    def _be(self, line: int, errors: int, parent: int) -> NoReturn:
        """Be a decider until its server hangs up, or it has failed."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number in (1, 2):
                os.dup2(errors, number)
            os.close(errors)
            for own in (self._control, self._woken, self._wakes):
                own.close()
            become_own(parent, self._limits)
            code = _answer_all(line, self._new_answer())
        except BaseException:  # noqa: BLE001 - a fork must not return into its parent's loop, whatever happens
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stdout.flush()
            with suppress(OSError):
                sys.stderr.flush()
            os._exit(code)


def _answer_all(line: int, answer: Answer) -> int:
    """Answer message after message. Returns the exit code."""

    def read(count: int) -> bytes:
        parts = []
        while count and (part := os.read(line, min(count, 1 << 20))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    while (frame := read_frame(read)) is not None:
        for said, is_last in _said(answer(frame)):
            sys.stdout.flush()
            write_all(line, said)
            if is_last:
                return 1
    return 0


def _said(answers: Iterator[bytes | None]) -> Iterator[tuple[bytes, bool]]:
    """Those that come soon after one another together; with whether they are the last words."""
    said, nothing, at = bytearray(), 0, monotonic()
    try:
        for one in answers:
            if one is None:
                nothing += 1
            else:
                said += _nothing(nothing) + one
                nothing = 0
            if monotonic() - at > _SAY_SECONDS:
                yield bytes(said) + _nothing(nothing), False
                said, nothing, at = bytearray(), 0, monotonic()
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything, and the server is told of all
        yield bytes(said) + _nothing(nothing) + error_frame(error), True
    else:
        yield bytes(said) + _nothing(nothing), False


def _nothing(times: int) -> bytes:
    return encoded("nothing", {"times": times}) if times else b""
