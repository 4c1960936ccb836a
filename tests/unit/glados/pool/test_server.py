"""The process side of the pool, with jobs of its own kind: what it says of each, and that it is there for the next."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from weaver.glados.pool import server as worker_server
from weaver.glados.pool.fork import WorkerLimits
from weaver.glados.pool.protocol import Frame, encoded, read_frame
from weaver.glados.pool.server import Emit, WorkerServer
from weaver.model.errors import InputError, StrategyError

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def job(frame: Frame, emit: Emit) -> None:
    """Does what a message is called after."""
    match frame.kind:
        case "echo":
            emit(encoded("result", frame.body, frame.blobs))
        case "fail":
            raise InputError("no\nsuch thing")
        case "die":
            os._exit(7)
        case "stay":
            Path(frame.body["note"]).write_text(str(os.getpid()))
            time.sleep(600)
        case "leave":
            emit(encoded("result", {}))
            if os.fork() == 0:  # keeps the line open
                time.sleep(600)


class Peer:
    """The server's side of the line."""

    def __init__(self) -> None:
        inner_read, self._out = os.pipe()
        self._in, inner_write = os.pipe()
        reader, writer = os.fdopen(inner_read, "rb", buffering=0), os.fdopen(inner_write, "wb", buffering=0)
        limits = WorkerLimits(memory_max_bytes=1024**3, nice=0)

        def serve() -> None:
            with reader, writer:
                WorkerServer(reader, writer, job, limits).serve()

        self._thread = Thread(target=serve, daemon=True)
        self._thread.start()
        assert self.frame().kind == "ready"

    def send(self, kind: str, body: dict[str, Any] | None = None, blobs: tuple[bytes, ...] = ()) -> None:
        data = memoryview(encoded(kind, body or {}, blobs))
        while data:
            data = data[os.write(self._out, data) :]

    def frame(self) -> Frame:
        found = read_frame(self._read)
        assert found is not None
        return found

    def close(self) -> None:
        os.close(self._out)
        self._thread.join()
        os.close(self._in)

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count and (part := os.read(self._in, count - len(data))):
            data += part
        return data


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


def test_jobs_are_done_one_after_the_other(peer: Peer) -> None:
    for size in (0, 10, 3_000_000):
        peer.send("echo", {"size": size}, (b"x" * size,))
        assert peer.frame() == Frame(kind="result", body={"size": size}, blobs=(b"x" * size,))
        assert peer.frame() == Frame(kind="ended", body={"status": 0})


def test_failing_job_says_why_in_one_line(peer: Peer) -> None:
    peer.send("fail")
    assert peer.frame() == Frame(kind="error", body={"error": "InputError", "message": "no such thing", "facts": {}})
    assert peer.frame().body == {"status": 0}


def test_job_that_dies_is_told_of_with_its_exit_code(peer: Peer) -> None:
    peer.send("die")
    assert peer.frame() == Frame(kind="ended", body={"status": 7})


def test_job_that_leaves_somebody_behind_ends_all_the_same(peer: Peer) -> None:
    peer.send("leave")
    assert [peer.frame().kind, peer.frame().kind] == ["result", "ended"]


def test_last_words_of_a_job_that_ended_unobserved_are_heard(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended_meanwhile(child: int) -> bool:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT) is not None

    monkeypatch.setattr(worker_server, "_POLL_SECONDS", 0)  # nothing is there yet at the first look
    monkeypatch.setattr(worker_server, "has_ended", ended_meanwhile)
    for _ in range(20):
        peer.send("echo")
        assert [peer.frame().kind, peer.frame().kind] == ["result", "ended"]


def test_cancelled_job_is_ended(peer: Peer, tmp_path: Path) -> None:
    pid = started(peer, tmp_path)
    peer.send("cancel")
    assert peer.frame().kind == "cancelled"
    assert not is_there(pid)
    peer.send("echo")
    assert [peer.frame().kind, peer.frame().kind] == ["result", "ended"]


def test_cancellation_that_comes_too_late_is_answered(peer: Peer) -> None:
    peer.send("cancel")
    assert peer.frame().kind == "cancelled"


def started(peer: Peer, tmp_path: Path) -> int:
    """The process of a job that goes on for ever."""
    note = tmp_path / "note"
    peer.send("stay", {"note": str(note)})
    while not (note.exists() and note.read_text()):
        time.sleep(0.01)
    return int(note.read_text())


def is_there(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def chained(error: Exception, cause: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error from cause

    return fail


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (
            chained(StrategyError("x.py line 3: MemoryError"), MemoryError()),
            ("OutOfMemory", "x.py line 3: MemoryError"),
        ),
        (chained(MemoryError(), ValueError()), ("OutOfMemory", "")),
        (chained(StrategyError("a\n b"), ValueError()), ("StrategyError", "a b")),
        (chained(KeyError("x"), ValueError()), ("RunFailed", "KeyError: 'x'")),
        (chained(RecursionError(), ValueError()), ("RunFailed", "RecursionError")),
    ],
)
def test_what_a_job_raises_is_told_of_by_its_kind(fail: Callable[[], None], told: tuple[str, str]) -> None:
    sent: list[bytes] = []
    worker_server._report(lambda *_: fail(), Frame(kind="run", body={}), sent.append)
    body = {"error": told[0], "message": told[1], "facts": {}}
    assert read_frame(BytesIO(sent[0]).read) == Frame(kind="error", body=body)
