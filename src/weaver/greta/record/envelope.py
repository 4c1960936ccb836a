"""A recorded event as JSON text, one whole envelope; a request comes with its routed child."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from weaver.events.event import Event, Kind
from weaver.events.payloads import PAYLOADS
from weaver.events.routing import routed
from weaver.model.run import RunMode

PRODUCER = "recorder"
"""Who made these events: its requests have their routed child already."""
text_of: Callable[[Any], str] = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class Envelope:
    """What all events of a run share. `recorded_at`: when they were recorded, not when they happened."""

    def __init__(self, *, run_id: str, recorded_at: datetime, trace_id: str | None) -> None:
        self.run_id = run_id
        self.run = text_of(run_id)
        self.prefix = self.run[1:-1]
        """What ids of the run's orders and fills begin with, as it stands in JSON."""
        stamp, trace = text_of(recorded_at.astimezone(UTC).isoformat()), text_of(trace_id)
        self._heads: dict[str, str] = {}
        self._tail = f'"trace_id":{trace},"ts":{stamp},"producer":"{PRODUCER}","headers":{{}},"payload":'

    def line(self, type_: str, id_: str, corr_id: str, cause: str | None, payload: str) -> str:
        """An event. The ids come as they stand in JSON, `payload` is JSON."""
        head = self._heads.get(type_)
        if head is None:
            known = PAYLOADS[type_]
            head = f'"kind":"{known.kind}","type":"{type_}","version":{known.version},"run_id":{self.run},'
            self._heads[type_] = head
        caused = "null" if cause is None else f'"{cause}"'
        return f'{{"id":"{id_}",{head}"corr_id":"{corr_id}","causation_id":{caused},{self._tail}{payload},"seq":null}}'

    def request(self, type_: str, id_: str, child_id: str, corr_id: str, payload: str) -> list[str]:
        """A strategy's request, and the child that the router makes of it."""
        return [
            self.line(type_, id_, corr_id, None, payload),
            self.line(routed_type(type_), child_id, corr_id, id_, payload),
        ]


@cache
def routed_type(type_: str) -> str:
    """Where a backtest's request goes: the router's own answer, asked with an empty request."""
    child = routed(_empty(type_), RunMode.BACKTEST, new_id="")
    assert child is not None
    return child.type


def _empty(type_: str) -> Event:
    long_ago = datetime.fromtimestamp(0, UTC)
    return Event(
        id="", kind=Kind.COMMAND, type=type_, version=1, run_id=None, corr_id="", ts=long_ago, producer=PRODUCER
    )
