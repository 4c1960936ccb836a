"""An event with its envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Whether something happened, or was asked for."""

    EVENT = "evt"
    COMMAND = "cmd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the log. `seq` is None until the log has given it its place."""

    id: str
    kind: Kind
    type: str
    version: int
    run_id: str | None
    corr_id: str
    """Shared by everything that one request set in motion."""
    causation_id: str | None = None
    """The id of the event that this one answers."""
    trace_id: str | None = None
    ts: datetime
    """When it was recorded, UTC; when it happened in a backtest's time stands in its payload."""
    producer: str
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    """JSON values only; amounts are decimal strings."""
    seq: int | None = None
