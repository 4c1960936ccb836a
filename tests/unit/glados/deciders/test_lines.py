"""What comes over a decider's lines: messages whole, however they are cut, and the end of what was printed."""

import asyncio

import pytest

from weaver.glados.deciders.lines import FrameLine, Tail
from weaver.glados.pool.protocol import Frame, encoded


class FakeTransport(asyncio.Transport):
    """Notes that it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_are_handed_on_whole_however_they_are_cut(size: int) -> None:
    taken: list[Frame] = []
    line = FrameLine(taken.append, lambda: None)
    sent = encoded("one", {"number": 1}) + encoded("two", {}, [b"blob", b""])
    for begin in range(0, len(sent), size):
        line.data_received(sent[begin : begin + size])
    assert [(one.kind, dict(one.body), list(one.blobs)) for one in taken] == [
        ("one", {"number": 1}, []),
        ("two", {}, [b"blob", b""]),
    ]


def test_line_that_says_what_is_no_message_is_closed() -> None:
    taken: list[Frame] = []
    line, transport = FrameLine(taken.append, lambda: None), FakeTransport()
    line.connection_made(transport)
    line.data_received(b"\xff" * 64)
    assert transport.is_closed
    assert taken == []


def test_end_of_a_line_is_told() -> None:
    lost: list[bool] = []
    line = FrameLine(lambda _: None, lambda: lost.append(True))
    line.connection_lost(None)
    assert lost == [True]


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ([b""], ""),
        ([b"  \n\n"], ""),
        ([b"first\nlast\n\n"], " (its last words: last)"),
        ([b"cut in ", b"two"], " (its last words: cut in two)"),
        ([b"x" * 10_000_000, b"\nend"], " (its last words: end)"),
        ([b"y" * 1000], f" (its last words: {'y' * 300})"),
        ([b"no text: \xff and \x00"], " (its last words: no text: \N{REPLACEMENT CHARACTER} and ?)"),
    ],
)
def test_last_line_that_was_printed_is_kept(printed: list[bytes], told: str) -> None:
    tail = Tail()
    for data in printed:
        tail.data_received(data)
    assert tail.last_words() == told
