"""A small reader of the event stream: frames as they come over the wire."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.acceptance.server import PATIENCE_SECONDS

PATH = "/api/v1/events/stream"
NOT_STREAMED = {"clock.Tick", "data.WindowReady", "data.WindowFailed"}
"""What comes only to who names it."""

Told = tuple[int, str, Any]
"""An event's seq, type and payload: what the log and the stream both tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A whole frame; `type` is empty where it only says where the stream stands."""

    id: int
    type: str
    payload: Any


@contextmanager
def stream(url: str, *, last_event_id: int | None = None, **parameters: Any) -> Iterator[Iterator[Frame]]:
    """The frames of a new connection, which is open when the block begins. A frame that is cut off does not count."""
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    with (
        httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        client.stream("GET", url + PATH, params=parameters, headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = _in_time(answer.iter_lines())
        assert next(lines) == ": connected"
        yield frames_of(lines)


def until(frames: Iterator[Frame], is_last: Callable[[Frame], bool]) -> list[Frame]:
    """The frames up to the one that is looked for. Fails where the stream ends before."""
    found: list[Frame] = []
    for frame in frames:
        if frame.type:
            found.append(frame)
        if is_last(frame):
            return found
    raise AssertionError(f"the stream ended after {[frame.type for frame in found[-5:]]}")


def streamed(events: Iterable[Any]) -> list[Told]:
    """What of the log a stream without `types` carries."""
    return [(one["seq"], one["type"], one["payload"]) for one in events if one["type"] not in NOT_STREAMED]


def plain(frames: Iterable[Frame]) -> list[Told]:
    """The events among frames."""
    return [(frame.id, frame.type, frame.payload) for frame in frames if frame.type]


def _in_time(lines: Iterator[str]) -> Iterator[str]:
    """The same; a stream that has nothing but keep-alives for too long fails."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for line in lines:
        assert time.monotonic() < deadline, f"what was waited for did not come within {PATIENCE_SECONDS} s"
        yield line
        if not line.startswith(":"):
            deadline = time.monotonic() + PATIENCE_SECONDS


def frames_of(lines: Iterable[str]) -> Iterator[Frame]:
    """The frames that lines make up; comments are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            assert name in {"id", "event", "data"} - fields.keys(), line
            fields[name] = value
        elif fields:
            payload = json.loads(fields["data"]) if "data" in fields else None
            yield Frame(id=int(fields["id"]), type=fields.get("event", ""), payload=payload)
            fields = {}
