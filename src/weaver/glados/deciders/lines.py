"""The server's ends of lines, read as bytes arrive: frames, and the end of what somebody has printed."""

import asyncio
from collections.abc import Callable

from weaver.glados.pool.protocol import Frame, FrameBuffer, decoded, taken_apart
from weaver.model.errors import RunFailed

_TAIL_BYTES = 4_096
_LINE_LENGTH = 300


class FrameLine(asyncio.Protocol):
    """Hands on each message. A line whose bytes cannot be read is closed."""

    def __init__(self, take: Callable[[Frame], None], lost: Callable[[], None]) -> None:
        self._take, self._lost, self._buffer = take, lost, FrameBuffer()
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Some of it has come."""
        try:
            for whole in self._buffer.feed(data):
                self._take(decoded(*taken_apart(whole)))
        except RunFailed:
            assert self._transport is not None
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end is gone."""
        del exc
        self._lost()


class Tail(asyncio.Protocol):
    """Reads what is printed, so that whoever prints never waits, and keeps the end of it."""

    def __init__(self) -> None:
        self._bytes = b""

    def data_received(self, data: bytes) -> None:
        """Some more."""
        self._bytes = (self._bytes + data)[-_TAIL_BYTES:]

    def last_words(self) -> str:
        """The last line, in brackets; empty where there is none."""
        text = self._bytes.decode(errors="replace").replace("\x00", "?")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return f" (its last words: {lines[-1][:_LINE_LENGTH]})" if lines else ""
