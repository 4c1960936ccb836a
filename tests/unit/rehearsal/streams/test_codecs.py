"""How messages are written: what a frame says is read again by others' libraries."""

import json
from datetime import UTC, datetime

import msgpack
import pytest

from tests.rehearsals.hand_market import at
from weaver.rehearsal.market.wire import Instant
from weaver.rehearsal.streams.codecs import Json, Msgpack, NotUnderstood, codec_for

BAR = [{"T": "b", "S": "AAA", "c": 10.5, "v": 100, "t": Instant(at("2024-03-13T14:30Z") + 123)}]


def test_json_is_text_with_times_to_the_nanosecond() -> None:
    frame = Json(is_binary=False).encode(BAR)
    assert isinstance(frame, str)
    assert json.loads(frame)[0]["t"] == "2024-03-13T14:30:00.000000123Z"


def test_json_is_binary_where_it_is_to_be() -> None:
    frame = Json(is_binary=True).encode({"stream": "listening"})
    assert frame == b'{"stream":"listening"}'


def test_msgpack_has_times_as_timestamps() -> None:
    frame = Msgpack().encode(BAR)
    (bar,) = msgpack.unpackb(frame)
    assert bar["t"].to_unix_nano() == at("2024-03-13T14:30Z") + 123
    assert bar["t"].to_datetime() == datetime(2024, 3, 13, 14, 30, tzinfo=UTC)
    assert bar["c"] == 10.5


@pytest.mark.parametrize(
    ("content_type", "frame"),
    [
        ("application/msgpack", msgpack.packb({"action": "auth"})),
        ("application/msgpack", '{"action":"auth"}'),
        ("", '{"action":"auth"}'),
        ("application/json", b'{"action":"auth"}'),
    ],
)
def test_frames_are_read_as_the_client_says_or_as_text(content_type: str, frame: str | bytes) -> None:
    assert codec_for(content_type, is_binary=False).decode(frame) == {"action": "auth"}


@pytest.mark.parametrize(
    ("content_type", "frame"),
    [
        ("application/msgpack", b""),
        ("application/msgpack", b"\xc1"),
        ("application/msgpack", b"\x91" * 2000),
        ("application/msgpack", "{"),
        ("", ""),
        ("", b"\xff\xff"),
        ("", "{"),
        ("", "[" * 2000),
    ],
)
def test_what_is_no_message_is_not_understood(content_type: str, frame: str | bytes) -> None:
    with pytest.raises(NotUnderstood):
        codec_for(content_type, is_binary=False).decode(frame)


def test_only_what_can_be_written_is() -> None:
    for codec in (Json(is_binary=False), Msgpack()):
        with pytest.raises(TypeError):
            codec.encode({"x": object()})
