"""The database: transactions on whichever storage stands behind it, and the event log that belongs to it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from types import TracebackType
from typing import Self

from sqlalchemy import select, text

from weaver.events.event import Event
from weaver.events.log.log import EventStore, StoredEventLog
from weaver.events.log.waiting import Wait
from weaver.model.errors import ReadOnly, Unavailable
from weaver.walle.database.engines.session import DatabaseSession, Storage, to_its_end
from weaver.walle.database.rows.outbox import EventRecorder
from weaver.walle.database.transaction import Router, SqlTransaction

FAULT_SECONDS = 60.0
"""How long a change that was not kept says something about the next one."""


class SqlDatabase:
    """A `Database`, with its `EventLog` in `log`. Made by `open_database` (opening.py), ended by `close`."""

    def __init__(
        self,
        *,
        storage: Storage,
        store: EventStore,
        recorder: Callable[[DatabaseSession], EventRecorder],
        route: Router | None,
        newest: int,
        wait: Wait,
        read_only: str | None,
    ) -> None:
        """read_only: why nothing may be written, whoever owns the database; None where it may."""
        self._storage = storage
        self._read_only = read_only
        self._faulty: tuple[float, str] | None = None
        """When (of a clock that only runs) a change was last not kept, and why."""
        self._recorder = recorder
        self._route = route
        self._log = StoredEventLog(store=store, append=self._append, start=newest, wait=wait)

    @property
    def storage(self) -> str:
        """`memory`, `sqlite` or `postgresql`."""
        return self._storage.name

    @property
    def log(self) -> StoredEventLog:
        """The event log."""
        return self._log

    @property
    def is_owner(self) -> bool:
        """Whether this process owns trading on this database; another one may only read."""
        return self._read_only is None and self._storage.is_owner

    @property
    def write_fault(self) -> str | None:
        """Why changes are not kept though the database answers (its disk is full, say); None where the last one was
        kept, or none was tried for a while."""
        if self._faulty is None or monotonic() - self._faulty[0] > FAULT_SECONDS:
            return None
        return self._faulty[1]

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """Have `callback` called whenever ownership is lost (False) or regained (True)."""
        self._storage.on_ownership(callback)

    async def check_owner(self) -> None:
        """Raises ReadOnly where this process does not own trading on this database, or no longer, as the database
        itself says: to be asked before a venue is told anything. Raises Unavailable."""
        if self._read_only is not None:
            raise ReadOnly(self._read_only)
        await self._storage.check_owner()

    @asynccontextmanager
    async def transaction(self, *, patient: bool = False, durable: bool = True) -> AsyncIterator[SqlTransaction]:
        """Commits at the end of the block, rolls back when it raises; subscribers hear of its events afterwards.

        patient: whoever else waits to write goes first, an order above all; such a transaction takes some milliseconds
        at most, so that nobody waits long for it. durable=False: a power cut may take it back, together with all that
        came after it, until a later one is durable; not for events, whose `seq` would be given a second time.

        What is read before the first write is what was committed by then; conditional updates (`RunRepository.save`)
        decide between two that write. No transaction within another: the inner one would wait for the outer.
        Raises Unavailable where the database cannot be reached, and then nothing was changed, but for OutcomeUnknown;
        Conflict for a write in a server that is read-only, and for a row or event that is there already.
        """
        async with self._storage.session(patient=patient, durable=durable) as session:
            session.read_only = self._read_only
            recorder = self._recorder(session)
            transaction = SqlTransaction(
                session=session, recorder=recorder, route=self._route, postgresql=self.storage == "postgresql"
            )
            try:
                yield transaction
                has_events = await transaction.seal()
                # A cancellation cannot come between rows, events and those who wait for them.
                await to_its_end(self._commit(session, recorder, wakes=has_events))
            except Unavailable as error:
                if session.has_begun_to_write:
                    self._faulty = (monotonic(), str(error))
                raise
            if session.has_begun_to_write:
                self._faulty = None

    async def ping(self) -> None:
        """Return if it answers. Raises Unavailable."""
        async with self._storage.session() as session:
            await session.read(select(text("1")))

    async def close(self) -> None:
        """End the log's tasks, then every connection."""
        await self._log.close()
        await self._storage.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _commit(self, session: DatabaseSession, recorder: EventRecorder, *, wakes: bool) -> None:
        await session.commit()
        recorder.committed()
        if wakes:
            self._log.wake()

    async def _append(self, events: Sequence[Event]) -> None:
        async with self.transaction() as transaction:
            transaction.append(*events)
