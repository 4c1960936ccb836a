"""Payloads and headers as the JSON text in which they are kept, and how large they may be."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from weaver.events.event import Event
from weaver.model.errors import InputError

PAYLOAD_BYTES_MAX = 64 * 1024
"""What is larger is stored elsewhere (a result's blob, the bar store), and the event says where."""
NO_HEADERS = "{}"


def payload_text(event: Event) -> str:
    """The payload as JSON. Raises InputError where it is too large, or holds what JSON has no word for."""
    text = _json(event, event.payload)
    if len(text) > PAYLOAD_BYTES_MAX:
        raise InputError(
            f"the payload of {event.type} {event.id} is {len(text):,} bytes of JSON; an event may carry "
            f"{PAYLOAD_BYTES_MAX:,}: store the content, and refer to it in the event"
        )
    return text.decode()


def headers_text(event: Event) -> str:
    """The headers as JSON. Raises InputError as `payload_text` does."""
    return _json(event, event.headers).decode() if event.headers else NO_HEADERS


def recorded_at(event: Event) -> datetime:
    """When it was recorded, in UTC. Raises InputError for a time without a zone."""
    if event.ts.tzinfo is UTC:
        return event.ts
    if event.ts.tzinfo is None:
        raise InputError(f"{event.type} {event.id} was recorded at {event.ts}, which has no zone: times are UTC")
    return event.ts.astimezone(UTC)


def parsed(text: str | bytes) -> dict[str, Any]:
    """What `payload_text` and `headers_text` wrote."""
    value: dict[str, Any] = orjson.loads(text)
    return value


def _json(event: Event, value: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(value, default=_mapping)
    except TypeError as error:
        raise InputError(f"{event.type} {event.id} holds what cannot be written as JSON: {error}") from error


def _mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} {value!r:.60}")
