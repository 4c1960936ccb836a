"""Events in the table `outbox`, and how a transaction adds to them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import Column, ColumnElement, and_, delete, func, or_, select, text

from weaver.events.codec import NO_HEADERS, headers_text, parsed, payload_text, recorded_at
from weaver.events.event import Event, Kind
from weaver.events.filter import ALL_EVENTS, EventFilter, TypeFilter
from weaver.events.log.memory import MemoryEventStore, Staged
from weaver.events.log.ports import LogBounds
from weaver.events.payloads import ALL_EVENT_TYPES, RunDeleted
from weaver.walle.database.engines.session import AnyRow, DatabaseSession, Storage
from weaver.walle.database.rows.sql_types import moment, stored_moment
from weaver.walle.database.rows.tables import consumer_offsets, outbox

SEQ_MAX = 2**63 - 1
_COLUMNS = [column.name for column in outbox.columns if column.name != "seq"]  # in the order of `_encoded`
_EVENT = [column for column in outbox.columns if column.name != "order_id"]  # in the order of `_event`
_BOUNDS = select(  # each finds its end of the index; both in one query read all of it
    select(func.min(outbox.c.seq)).scalar_subquery(), select(func.max(outbox.c.seq)).scalar_subquery()
)
REMOVED_AT_ONCE = 500
"""Events that one transaction removes: others want their turn too."""
_ADVANCE = text(
    "INSERT INTO consumer_offsets (consumer, seq) VALUES (:consumer, :seq) "
    "ON CONFLICT (consumer) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > consumer_offsets.seq"
)
_BEGIN = text(
    "INSERT INTO consumer_offsets (consumer, seq) "
    "SELECT CAST(:consumer AS VARCHAR), COALESCE(MAX(seq), 0) FROM outbox WHERE true ON CONFLICT (consumer) DO NOTHING"
)


class EventRecorder(Protocol):
    """What one transaction does to the log."""

    async def record(self, events: Sequence[Event]) -> None:
        """Add events, in this order, as the transaction's last change. Raises InputError and Conflict."""
        ...

    async def remove_some(self, run_id: str) -> bool:
        """Remove some of a run's events, but the one that says it was deleted. False: there are no others."""
        ...

    def committed(self) -> None:
        """The transaction was committed."""
        ...


class SqlEventRecorder:
    """Events as rows. The database gives them their `seq`, in the order of commits: it lets one transaction at a time
    draw from the sequence until its commit (SQLite's write lock; an advisory lock taken by a trigger on PostgreSQL)."""

    def __init__(self, session: DatabaseSession, *, postgresql: bool) -> None:
        self._session = session
        self._postgresql = postgresql

    async def record(self, events: Sequence[Event]) -> None:
        """See `EventRecorder`."""
        stamp: Callable[[Any], Any] = moment if self._postgresql else stored_moment
        await self._session.insert_last(outbox, _COLUMNS, events, lambda event: _encoded(event, stamp))

    async def remove_some(self, run_id: str) -> bool:
        """See `EventRecorder`."""
        of_run = select(outbox.c.seq).where(outbox.c.run_id == run_id, outbox.c.type != RunDeleted.type)
        return await self._session.write(delete(outbox).where(outbox.c.seq.in_(of_run.limit(REMOVED_AT_ONCE)))) > 0

    def committed(self) -> None:
        """See `EventRecorder`. The rows are there."""


class MemoryEventRecorder:
    """Events that enter the memory log at the commit of the rows they report, or not at all."""

    def __init__(self, session: DatabaseSession, store: MemoryEventStore) -> None:
        self._session = session
        self._store = store
        self._staged: list[Staged] = []
        self._removed: list[str] = []

    async def record(self, events: Sequence[Event]) -> None:
        """See `EventRecorder`."""
        await self._session.begin_write()  # nobody else publishes until this is committed
        self._staged.append(await self._store.stage(events))

    async def remove_some(self, run_id: str) -> bool:
        """See `EventRecorder`. All of them at once."""
        self._removed.append(run_id)
        return False

    def committed(self) -> None:
        """See `EventRecorder`."""
        for run_id in self._removed:
            self._store.remove_run(run_id)
        for staged in self._staged:
            self._store.publish(staged)


class SqlEventStore:
    """An `EventStore` on the table `outbox`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def read(
        self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0, limit: int = 1000, skip: int = 0
    ) -> list[Event]:
        """See `weaver.events.log.ports.EventReader`."""
        if limit < 1 or after >= SEQ_MAX:
            return []
        chosen = select(*_EVENT).where(*_conditions(wanted, after)).order_by(outbox.c.seq)
        async with self._storage.session() as session:
            return [_event(row) for row in await session.read(chosen.limit(limit).offset(min(skip, SEQ_MAX)))]

    async def count(self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0) -> int:
        """See `weaver.events.log.ports.EventReader`."""
        if after >= SEQ_MAX:
            return 0
        chosen = select(func.count()).select_from(outbox).where(*_conditions(wanted, after))
        async with self._storage.session() as session:
            return int((await session.read(chosen))[0][0])

    async def bounds(self) -> LogBounds:
        """What is kept."""
        async with self._storage.session() as session:
            oldest, newest = (await session.read(_BOUNDS))[0]
        return LogBounds(oldest or 0, newest or 0)

    async def contains(self, seq: int) -> bool:
        """Whether an event with that `seq` is kept."""
        if not 0 < seq <= SEQ_MAX:
            return False
        async with self._storage.session() as session:
            return bool(await session.read(select(outbox.c.seq).where(outbox.c.seq == seq)))

    async def offset(self, consumer: str) -> int:
        """See `weaver.events.log.ports.Consumers`."""
        chosen = select(consumer_offsets.c.seq).where(consumer_offsets.c.consumer == consumer)
        async with self._storage.session() as session:
            rows = await session.read(chosen)
        return rows[0][0] if rows else 0

    async def advance(self, consumer: str, seq: int) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        async with self._storage.session() as session:
            await session.write(_ADVANCE.bindparams(consumer=consumer, seq=seq))
            await session.commit()

    async def begin(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        async with self._storage.session() as session:
            await session.write(_BEGIN.bindparams(consumer=consumer))
            await session.commit()

    async def forget(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        async with self._storage.session() as session:
            await session.write(delete(consumer_offsets).where(consumer_offsets.c.consumer == consumer))
            await session.commit()

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        """See `weaver.events.log.ports.EventLog`."""
        removed = 0
        for type_ in sorted(ALL_EVENT_TYPES):
            if keep(type_):
                continue
            while some := await self._prune_some(type_, older_than_seq):
                removed += some
        return removed

    async def _prune_some(self, type_: str, older_than_seq: int) -> int:
        """Remove the oldest events of a type, each time up to where the slowest consumer is by then."""
        async with self._storage.session(patient=True) as session:
            await session.begin_write()
            slowest = (await session.read(select(func.min(consumer_offsets.c.seq))))[0][0]
            last = min(older_than_seq, SEQ_MAX if slowest is None else slowest, SEQ_MAX)
            old = select(outbox.c.seq).where(outbox.c.type == type_, outbox.c.seq <= last).order_by(outbox.c.seq)
            removed = await session.write(delete(outbox).where(outbox.c.seq.in_(old.limit(REMOVED_AT_ONCE))))
            await session.commit()
        return removed


def _conditions(wanted: EventFilter, after: int) -> list[ColumnElement[bool]]:
    """One index is to serve: that of the order, else of an id, else of the types. Other columns are hidden from it."""
    order_id, ids = wanted.order_id, wanted.ids
    type_ = _hidden(outbox.c.type) if ids or order_id is not None else outbox.c.type
    found = [outbox.c.seq > after, _of_types(type_, wanted.of_type)]
    if order_id is None:
        return [*found, *(outbox.c[name] == value for name, value in ids.items())]
    others = (_hidden(outbox.c[name]) == value for name, value in ids.items())
    return [*found, outbox.c.order_id == order_id, *others]


def _hidden(column: Column[Any]) -> ColumnElement[str]:
    return func.coalesce(column, "")


def _of_types(type_: ColumnElement[str], wanted: TypeFilter) -> ColumnElement[bool]:
    if wanted.everything:
        return and_(True)
    ranges = [  # so that an index can serve; `/` comes after the dot
        and_(type_ >= namespace, type_ < f"{namespace[:-1]}/") for namespace in sorted(wanted.namespaces)
    ]
    return or_(type_.in_(sorted(wanted.names)), *ranges)


def _encoded(event: Event, stamp: Callable[[Any], Any]) -> tuple[Any, ...]:
    return (
        event.id,
        event.kind.value,
        event.type,
        event.version,
        event.run_id,
        event.corr_id,
        event.causation_id,
        event.trace_id,
        stamp(recorded_at(event)),
        event.producer,
        headers_text(event),
        payload_text(event),
        order_id if isinstance(order_id := event.payload.get("order_id"), str) else None,
    )


def _event(row: AnyRow) -> Event:
    seq, id_, kind, type_, version, run_id, corr_id, causation_id, trace_id, ts, producer, headers, payload = row
    return Event(
        id=id_,
        kind=Kind(kind),
        type=type_,
        version=version,
        run_id=run_id,
        corr_id=corr_id,
        causation_id=causation_id,
        trace_id=trace_id,
        ts=ts,
        producer=producer,
        headers={} if headers == NO_HEADERS else parsed(headers),
        payload=parsed(payload),
        seq=seq,
    )
