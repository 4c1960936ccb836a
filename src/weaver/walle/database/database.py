"""The database: transactions on whichever storage DB_URL names, and the event log that belongs to it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from sqlalchemy import URL, select, text

from weaver.events.event import Event
from weaver.events.log.log import EventStore, StoredEventLog
from weaver.events.log.memory import MemoryEventStore
from weaver.events.log.waiting import Wait, wait_for_event
from weaver.model.errors import InputError, NotFound, Unavailable
from weaver.walle.database.engines.address import InFile, InMemory, OnServer, make_folder_of, parse_address
from weaver.walle.database.engines.faults import of_file, translated
from weaver.walle.database.engines.memory import MemoryStorage, memory_engine
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.database.engines.postgresql import PostgresqlStorage, postgresql_engine
from weaver.walle.database.engines.server_link import ServerLink
from weaver.walle.database.engines.session import DatabaseSession, Storage, to_its_end
from weaver.walle.database.engines.sqlite import SqliteStorage
from weaver.walle.database.rows.outbox import EventRecorder, MemoryEventRecorder, SqlEventRecorder, SqlEventStore
from weaver.walle.database.rows.tables import metadata
from weaver.walle.database.schema import HEAD, revision_of
from weaver.walle.database.transaction import Router, SqlTransaction

_READER = "reader"
FAULT_SECONDS = 60.0
"""How long a change that was not kept says something about the next one."""


class SqlDatabase:
    """A `Database`, with its `EventLog` in `log`. Made by `open_database`, ended by `close`."""

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


async def open_database(
    url: str | None,
    *,
    home: Path,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    route: Router | None,
    wait: Wait = wait_for_event,
    read_only: str | None = None,
) -> SqlDatabase:
    """Open what DB_URL names: unset, the file `weaver.db` in `home`.

    A file's tables are created or upgraded by the way; a server's are not (`weaver migrate` does it). now: where the
    memory log's `seq` starts. new_id: names this process to others. wait: how the log's loops wait. read_only: why this
    process may not write, whoever owns the database; nothing is claimed then.
    Raises InputError for a URL or tables that cannot be used, Unavailable where the database does not answer.
    """
    match parse_address(url, home):
        case InMemory():
            return await _open_memory(now, route, wait, read_only)
        case InFile(path=path):
            return await _open_file(path, new_id(), route, wait, owns=read_only is None, read_only=read_only)
        case OnServer(url=server):
            return await _open_server(server, new_id(), route, wait, owns=read_only is None, read_only=read_only)


async def open_reader(url: str | None, *, home: Path) -> SqlDatabase:
    """The same for a process that only reads: nothing is made or claimed, so that a server that starts meanwhile finds
    the database its own. Raises NotFound where a file is not there."""
    match parse_address(url, home):
        case InMemory():
            raise InputError("DB_URL=memory keeps nothing that another process could read")
        case InFile(path=path):
            if not path.exists():
                raise NotFound(f"{path} is not there: `weaver up` makes it; are WEAVER_HOME and DB_URL right?")
            return await _open_file(path, _READER, None, wait_for_event, owns=False)
        case OnServer(url=server):
            return await _open_server(server, _READER, None, wait_for_event, owns=False)


async def _open_memory(
    now: Callable[[], datetime], route: Router | None, wait: Wait, read_only: str | None
) -> SqlDatabase:
    connection = await memory_engine().connect()
    await connection.run_sync(metadata.create_all)
    store = MemoryEventStore(now=now)
    return SqlDatabase(
        storage=MemoryStorage(connection),
        store=store,
        recorder=lambda session: MemoryEventRecorder(session, store),
        route=route,
        newest=store.newest,
        wait=wait,
        read_only=read_only,
    )


async def _open_file(
    path: Path, server: str, route: Router | None, wait: Wait, *, owns: bool, read_only: str | None = None
) -> SqlDatabase:
    path = path.resolve()  # under all its names it is one file with one owner
    if read_only is not None and not path.exists():
        raise InputError(f"{path}: is not there to be read, and {read_only}")
    lock = FileLock(path.with_name(f"{path.name}.owner"), server)
    storage = SqliteStorage(path=path, lock=lock)
    try:
        if owns:
            make_folder_of(path)
            lock.take()
        with of_file(path), translated():
            async with storage.engine.connect() as connection:
                present = await connection.run_sync(revision_of)
        if present != HEAD:
            if not lock.is_held:
                user = "another server uses it" if owns else "`weaver migrate` brings them up to date"
                raise InputError(f"{path}: its tables are of version {present}, not {HEAD}, and {user}")
            from weaver.walle.database.migrate import (
                migrate_file,  # alembic takes a while to import, and is seldom needed
            )

            await migrate_file(path)
        store = SqlEventStore(storage)
        return SqlDatabase(
            storage=storage,
            store=store,
            recorder=lambda session: SqlEventRecorder(session, postgresql=False),
            route=route,
            newest=(await store.bounds()).newest,
            wait=wait,
            read_only=read_only,
        )
    except BaseException:
        await storage.close()
        raise


async def _open_server(
    url: URL, server: str, route: Router | None, wait: Wait, *, owns: bool, read_only: str | None = None
) -> SqlDatabase:
    name = f"weaver-{server}"[:63]
    engine = postgresql_engine(url, application_name=name)
    _, options = engine.dialect.create_connect_args(url)
    link = ServerLink(options, application_name=f"{name[:58]}-link", wait=wait)
    storage = PostgresqlStorage(engine=engine, link=link)
    try:
        try:
            with translated():
                async with engine.connect() as connection:
                    present = await connection.run_sync(revision_of)
        except Unavailable as error:
            raise Unavailable(f"{_named(url)}: {error}; is the server running, and DB_URL right?") from error
        if present != HEAD:
            raise InputError(_untimely(present, url))
        store = SqlEventStore(storage)
        if owns:
            await link.open()
        database = SqlDatabase(
            storage=storage,
            store=store,
            recorder=lambda session: SqlEventRecorder(session, postgresql=True),
            route=route,
            newest=(await store.bounds()).newest,
            wait=wait,
            read_only=read_only,
        )
        link.on_news(database.log.wake)
        return database
    except BaseException:
        await storage.close()
        raise


def _named(url: URL) -> str:
    """A database on a server, for messages: never its password."""
    port = f":{url.port}" if url.port else ""
    return f"the database {url.database!r} on {url.host or url.query.get('host', 'this machine')}{port}"


def _untimely(present: str | None, url: URL) -> str:
    where = _named(url)
    if present is None:
        return f"{where} has no tables of Weaver's yet: run `weaver migrate`"
    if present < HEAD:
        return f"{where} has the tables of an older Weaver ({present}, not {HEAD}): run `weaver migrate`"
    return f"{where} has the tables of a newer Weaver ({present}, not {HEAD}): use that one"
