"""Events in memory: nothing survives the process."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from weaver.events.codec import headers_text, parsed, payload_text, recorded_at
from weaver.events.event import Event
from weaver.events.filter import ALL_EVENTS, EventFilter
from weaver.events.log.ports import LogBounds
from weaver.events.log.waiting import Turn
from weaver.events.payloads import RunDeleted
from weaver.model.errors import Conflict

DOMAINS = ("backtest.", "live.")
"""Namespaces of routed requests: of one request, one child of a type."""
_TURN = 200
"""After how many events all others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Events that passed every check, and wait for the commit of the rows that they report."""

    events: Sequence[Event]


class MemoryEventStore:
    """An `EventStore`. Its `seq` starts from the clock in microseconds, so that an id of an earlier process is never
    taken for one of this."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._seq = int(now().timestamp() * 1e6)
        self._events: list[Event] = []
        self._seqs: list[int] = []
        self._ids: set[str] = set()
        self._children: set[tuple[str, str]] = set()
        self._offsets: dict[str, int] = {}

    async def stage(self, events: Sequence[Event]) -> Staged:
        """Check events as a database would. Raises InputError and Conflict; nothing is changed."""
        ids, children, copies = set[str](), set[tuple[str, str]](), []
        for number, event in enumerate(events, start=1):
            if number % _TURN == 0:
                await Turn()
            if event.id in self._ids or event.id in ids:
                raise Conflict(f"an event with the id {event.id!r} is in the log already")
            child = _child(event)
            if child is not None and (child in self._children or child in children):
                raise Conflict(f"the request {event.causation_id!r} has its {event.type} already")
            ids.add(event.id)
            if child is not None:
                children.add(child)
            payload, headers = parsed(payload_text(event)), parsed(headers_text(event))
            ts = recorded_at(event)
            copies.append(replace(event, ts=ts, payload=payload, headers=headers))  # nobody can change what is recorded
        return Staged(events=copies)

    def publish(self, staged: Staged) -> None:
        """Give staged events their `seq` and make them readable. Cannot fail."""
        for event in staged.events:
            self._seq += 1
            self._seqs.append(self._seq)
            self._events.append(replace(event, seq=self._seq))
        self._index(staged.events)

    def remove_run(self, run_id: str) -> None:
        """Forget a run's events, but the one that says it was deleted."""
        self._keep([event for event in self._events if event.run_id != run_id or event.type == RunDeleted.type])

    @property
    def newest(self) -> int:
        """The last `seq` given, or where the first will follow."""
        return self._seq

    async def read(
        self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0, limit: int = 1000, skip: int = 0
    ) -> list[Event]:
        """See `weaver.events.log.ports.EventReader`."""
        await Turn()  # as a database would: who polls in a loop must not stop all others
        return list(islice(self._matching(wanted, after), skip, skip + max(limit, 0)))

    async def count(self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0) -> int:
        """See `weaver.events.log.ports.EventReader`."""
        return sum(1 for _ in self._matching(wanted, after))

    def _matching(self, wanted: EventFilter, after: int) -> Iterator[Event]:
        newer = islice(self._events, bisect_right(self._seqs, after), None)
        return newer if wanted == ALL_EVENTS else filter(wanted.matcher(), newer)

    async def bounds(self) -> LogBounds:
        """What is kept."""
        return LogBounds(self._seqs[0], self._seqs[-1]) if self._seqs else LogBounds(0, 0)

    async def contains(self, seq: int) -> bool:
        """Whether an event with that `seq` is kept."""
        place = bisect_right(self._seqs, seq)
        return place > 0 and self._seqs[place - 1] == seq

    async def offset(self, consumer: str) -> int:
        """See `weaver.events.log.ports.Consumers`."""
        return self._offsets.get(consumer, 0)

    async def advance(self, consumer: str, seq: int) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        self._offsets[consumer] = max(seq, self._offsets.get(consumer, 0))

    async def begin(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        self._offsets.setdefault(consumer, (await self.bounds()).newest)

    async def forget(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        self._offsets.pop(consumer, None)

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        """See `weaver.events.log.ports.EventLog`."""
        last = min([older_than_seq, *self._offsets.values()])
        before = len(self._events)
        self._keep([event for event in self._events if (event.seq or 0) > last or keep(event.type)])
        return before - len(self._events)

    def _keep(self, events: list[Event]) -> None:
        self._events, self._seqs = events, [event.seq or 0 for event in events]
        self._ids, self._children = set(), set()
        self._index(events)

    def _index(self, events: Collection[Event]) -> None:
        self._ids.update(event.id for event in events)
        self._children.update(child for event in events if (child := _child(event)))


def _child(event: Event) -> tuple[str, str] | None:
    if event.causation_id is None or not event.type.startswith(DOMAINS):
        return None
    return event.causation_id, event.type
