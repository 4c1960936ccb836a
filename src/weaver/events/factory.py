"""Makes events of payloads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from weaver.events.event import Event
from weaver.events.payloads import Payload, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFactory:
    """Gives payloads their envelope; time and ids are handed over, so that a system can be run from a seed."""

    producer: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def event(
        self, payload: Payload, *, corr_id: str | None = None, cause: Event | None = None, trace_id: str | None = None
    ) -> Event:
        """An event that nobody has recorded yet. `corr_id`: the cause's, or a new one."""
        return Event(
            id=self.new_id(),
            kind=payload.kind,
            type=payload.type,
            version=payload.version,
            run_id=getattr(payload, "run_id", None),
            corr_id=corr_id or (cause.corr_id if cause else self.new_id()),
            causation_id=cause.id if cause else None,
            trace_id=trace_id or (cause.trace_id if cause else None),
            ts=self.now(),
            producer=self.producer,
            payload=plain(payload),
        )
