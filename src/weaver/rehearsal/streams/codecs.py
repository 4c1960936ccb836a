"""How messages are written on a socket: JSON as text, JSON in binary frames, or msgpack."""

from typing import Protocol

import msgpack
import orjson

from weaver.rehearsal.market.wire import Instant


class NotUnderstood(Exception):
    """What came in is no message."""


class Codec(Protocol):
    """One way of writing."""

    def encode(self, message: object) -> str | bytes:
        """A frame, text or binary."""

    def decode(self, frame: str | bytes) -> object:
        """What a frame says. Raises NotUnderstood."""


class Json:
    """JSON. Whatever kind of frame comes in is read; those that go out are binary where they are to be."""

    def __init__(self, *, is_binary: bool) -> None:
        self._is_binary = is_binary

    def encode(self, message: object) -> str | bytes:
        """A frame."""
        data = orjson.dumps(message, default=_text_of)
        return data if self._is_binary else data.decode()

    def decode(self, frame: str | bytes) -> object:
        """What a frame says. Raises NotUnderstood."""
        try:
            return orjson.loads(frame)
        except ValueError:
            raise NotUnderstood from None


class Msgpack:
    """msgpack in binary frames, times as its timestamps; text frames that come in are read as JSON."""

    def encode(self, message: object) -> bytes:
        """A frame."""
        packed: bytes = msgpack.packb(message, default=_timestamp_of)
        return packed

    def decode(self, frame: str | bytes) -> object:
        """What a frame says. Raises NotUnderstood."""
        if isinstance(frame, str):
            return Json(is_binary=False).decode(frame)
        try:
            return msgpack.unpackb(frame)
        except (ValueError, TypeError, RecursionError):
            raise NotUnderstood from None


def codec_for(content_type: str, *, is_binary: bool) -> Codec:
    """What a client speaks, as the headers of its upgrade say."""
    return Msgpack() if "msgpack" in content_type else Json(is_binary=is_binary)


def _text_of(value: object) -> str:
    if isinstance(value, Instant):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _timestamp_of(value: object) -> msgpack.Timestamp:
    if isinstance(value, Instant):
        return msgpack.Timestamp.from_unix_nano(value.ns)
    raise TypeError(f"no msgpack for {type(value).__name__}")
