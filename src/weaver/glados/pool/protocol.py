"""How the server and its worker processes speak: frames of a JSON object and, behind it, raw bytes.

    4 bytes  length of the object, big endian
    8 bytes  length of what follows the object
    object   JSON; `kind` says what it is, `blobs` how long each of the byte strings behind it is
    blobs    one behind the other

Nothing in it is ever executed: a worker, which runs users' code, cannot make the server do anything.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from weaver.model.errors import RunFailed

_LENGTHS = struct.Struct("!IQ")
HEADER_BYTES = _LENGTHS.size
FRAME_BYTES_MAX = 2 * 1024**3
"""A longer frame is a damaged one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message."""

    kind: str
    body: Mapping[str, Any]
    blobs: Sequence[bytes] = ()


def encoded(kind: str, body: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """The bytes of a message."""
    text = orjson.dumps({"kind": kind, "body": body, "blobs": [len(blob) for blob in blobs]})
    return b"".join([_LENGTHS.pack(len(text), sum(map(len, blobs))), text, *blobs])


def lengths(header: bytes) -> tuple[int, int]:
    """The lengths that a frame's first bytes announce: of its object, and of all behind that. Raises RunFailed."""
    text, rest = _LENGTHS.unpack(header)
    if text + rest > FRAME_BYTES_MAX:
        raise RunFailed(f"a worker announced a message of {text + rest:,} bytes: the line to it is damaged")
    return text, rest


def decoded(content: bytes, text_length: int) -> Frame:
    """The message of a frame without its lengths; its object is the first part. Raises RunFailed on what is none."""
    view = memoryview(content)
    text, rest = view[:text_length], view[text_length:]
    try:
        found = orjson.loads(text)
        kind, body, sizes = found["kind"], found["body"], found["blobs"]
        if sum(sizes) != len(rest):
            raise ValueError(f"{len(rest)} bytes where {sum(sizes)} were announced")
    except (ValueError, KeyError, TypeError) as error:
        raise RunFailed(f"a worker's message cannot be read: {error}") from error
    return Frame(kind=kind, body=body, blobs=tuple(_split(rest, sizes)))


def taken_apart(whole: bytes) -> tuple[bytes, int]:
    """A whole frame as `decoded` takes it: what stands behind its lengths, and how much of that is its object."""
    return whole[HEADER_BYTES:], lengths(whole[:HEADER_BYTES])[0]


def read_frame(read: Callable[[int], bytes]) -> Frame | None:
    """The next message of a blocking line; None at its end. `read(n)` gives exactly n bytes, fewer only at the end."""
    header = read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    text, rest = lengths(header)
    content = read(text + rest)
    return None if len(content) < text + rest else decoded(content, text)


class FrameBuffer:
    """Puts frames together from bytes as they arrive, without looking into them."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes; gives the frames that are whole now, each as it was sent."""
        self._bytes += data
        while len(self._bytes) >= HEADER_BYTES:
            size = HEADER_BYTES + sum(lengths(bytes(self._bytes[:HEADER_BYTES])))
            if len(self._bytes) < size:
                return
            with memoryview(self._bytes) as view:
                whole = bytes(view[:size])
            del self._bytes[:size]
            yield whole


def _split(rest: memoryview, sizes: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield bytes(rest[start : start + size])
        start += size
