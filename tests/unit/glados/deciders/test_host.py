"""The process that forks deciders, in a process of its own: what it is asked, and what it says."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from weaver.glados.pool.protocol import Frame, FrameBuffer, decoded, encoded, taken_apart

HOST = """
import os
from weaver.glados.deciders.host import DeciderHost, control_line
from weaver.glados.pool.fork import WorkerLimits
from weaver.glados.pool.protocol import encoded

def new_answer():
    seen = []

    def answer(frame):
        seen.append(frame.kind)
        if frame.kind == "raise":
            raise ValueError("not so")
        if frame.kind == "leave":
            print("good bye", flush=True)
            os._exit(7)
        if frame.kind == "many":
            yield from (None, None, encoded("decision", {}, [b"done"]), None)
            raise ValueError("not so")
        yield encoded("decision", {"seen": len(seen)}, [b"done"])

    return answer

DeciderHost(control_line(), new_answer, WorkerLimits(memory_max_bytes=1 << 28, nice=0)).serve()
"""


class Host:
    """Its control, with what came over it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen([sys.executable, "-c", HOST], stdin=theirs.fileno(), start_new_session=True)
        self._buffer, self._heard = FrameBuffer(), list[Frame]()
        self._ours.settimeout(60)

    def told(self, kind: str) -> Frame:
        """The next message, which must be of a kind."""
        while not self._heard:
            data = self._ours.recv(1 << 16)
            assert data, "it has hung up"
            self._heard += [decoded(*taken_apart(whole)) for whole in self._buffer.feed(data)]
        frame = self._heard.pop(0)
        assert frame.kind == kind, frame
        return frame

    def forked(self, key: str) -> tuple[socket.socket, int, int]:
        """A decider's line, where what it prints can be read, and its process id."""
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        with theirs:
            socket.send_fds(self._ours, [encoded("new", {"key": key})], [theirs.fileno(), writing])
        os.close(writing)
        frame = self.told("forked")
        assert frame.body["key"] == key
        ours.settimeout(60)
        return ours, reading, int(frame.body["pid"])

    def end(self, key: str) -> None:
        self._ours.sendall(encoded("end", {"key": key}))

    def hang_up(self) -> None:
        self._ours.close()


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    made.told("ready")
    yield made
    made.hang_up()
    assert made.process.wait(timeout=60) == 0


def asked(line: socket.socket, kind: str) -> Frame:
    line.sendall(encoded(kind, {}))
    buffer = FrameBuffer()
    while data := line.recv(1 << 16):
        for whole in buffer.feed(data):
            return decoded(*taken_apart(whole))
    pytest.fail("no answer")


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_decider_answers_on_a_line_of_its_own(host: Host) -> None:
    (one, _, first), (other, _, second) = host.forked("one"), host.forked("other")
    assert first != second
    with one, other:
        assert [asked(one, "decide").body["seen"] for _ in range(2)] == [1, 2]
        answer = asked(other, "decide")
        assert (answer.kind, answer.body["seen"], list(answer.blobs)) == ("decision", 1, [b"done"])


def test_end_that_is_asked_for_is_told_when_the_process_is_gone(host: Host) -> None:
    line, _, pid = host.forked("one")
    with line:
        host.end("one")
        frame = host.told("ended")
        assert (frame.body["key"], frame.body["status"], frame.body["is_greedy"]) == ("one", -9, False)
        assert not is_there(pid)


def test_decider_that_leaves_is_told_of_with_its_exit_code_and_what_it_printed(host: Host) -> None:
    line, printed, _ = host.forked("one")
    with line:
        line.sendall(encoded("leave", {}))
        assert host.told("ended").body["status"] == 7
        assert os.read(printed, 100) == b"good bye\n"


def test_answers_that_are_none_are_counted_before_those_that_follow(host: Host) -> None:
    line, _, _ = host.forked("one")
    with line:
        line.sendall(encoded("many", {}))
        buffer, found = FrameBuffer(), list[Frame]()
        while data := line.recv(1 << 16):
            found += [decoded(*taken_apart(whole)) for whole in buffer.feed(data)]
        assert [one.kind for one in found] == ["nothing", "decision", "nothing", "error"]
        assert [one.body["times"] for one in found[::2]] == [2, 1]
    host.told("ended")


def test_error_is_the_last_word(host: Host) -> None:
    line, _, _ = host.forked("one")
    with line:
        answer = asked(line, "raise")
        assert (answer.kind, answer.body["message"]) == ("error", "ValueError: not so")
        assert host.told("ended").body["key"] == "one"


def test_decider_ends_as_its_line_is_hung_up(host: Host) -> None:
    line, _, _ = host.forked("one")
    line.close()
    assert host.told("ended").body["status"] == 0


def test_all_end_with_the_server(host: Host) -> None:
    line, _, pid = host.forked("one")
    with line:
        host.hang_up()
        host.process.wait(timeout=60)
        assert not is_there(pid)
