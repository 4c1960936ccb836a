"""Rows in an embedded SQLite file."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Executable, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from weaver.model.errors import ReadOnly, WeaverError
from weaver.walle.database.engines.faults import translated
from weaver.walle.database.engines.ownership import CLAIM, EPOCH, SUPERSEDED, FileLock, Told
from weaver.walle.database.engines.session import AnyRow, DatabaseSession, Item, Statements, Values, to_its_end
from weaver.walle.database.engines.sqlite_driver import execute_many, execute_plain, prepared, with_log_ahead
from weaver.walle.database.engines.writers import BUSY_SECONDS, Writers

READERS = 8
READ_ONLY = (
    "this server is read-only: another one owns the database {where}; stop that one and start this one again, "
    "or give this one a database of its own (DB_URL)"
)
CHECKPOINT_PAGES_MAX = 10_000
"""Pages of the write-ahead log at which a commit moves them into the file itself, if nobody has done it before."""
CHECKPOINT_AFTER = 64
"""Commits after which the write-ahead log is moved into the file behind everyone's back: some 4 MB, as a patient one
counts for eight."""
_log = structlog.get_logger(__name__)


def sqlite_engine(path: Path, *, durable: bool = True) -> AsyncEngine:
    """Connections to a file, in autocommit: transactions are begun and ended in so many words.

    durable: a commit waits for the disk. One that does not is on it as soon as a later one is that does.
    """
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        isolation_level="AUTOCOMMIT",
        pool_size=READERS,
        max_overflow=2,
        pool_timeout=5,
    )
    prepared(
        engine,
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        f"synchronous={'FULL' if durable else 'NORMAL'}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES_MAX}",
    )
    return with_log_ahead(engine)


class SqliteStorage:
    """A file: readers see the last commit and wait for nobody, writers follow one another."""

    name = "sqlite"

    def __init__(self, *, path: Path, lock: FileLock) -> None:
        """lock: says whether this process owns the file; released at the end."""
        self.engine = sqlite_engine(path)
        self.writers = Writers()
        self._quick_engine = sqlite_engine(path, durable=False)
        self._lock = lock
        self._epoch: int | None = None
        """This owner's; None: it is none, or no longer."""
        self._owners: list[Told] = []
        self._commits = 0
        self._checkpoint: asyncio.Task[None] | None = None

    @property
    def is_owner(self) -> bool:
        """Whether this process may write: from when it opened the file until the end, unless another one has taken the
        file over, whose lock file was removed."""
        return self._epoch is not None

    def on_ownership(self, callback: Told) -> None:
        """See `Storage`."""
        self._owners.append(callback)

    async def claim(self) -> None:
        """Begin this owner's epoch, once no change of the one before is under way. Raises Unavailable."""
        with translated():
            async with self.engine.connect() as connection:
                await execute_plain(connection, "BEGIN IMMEDIATE")
                ((self._epoch,),) = await execute_plain(connection, CLAIM)
                await execute_plain(connection, "COMMIT")

    async def check_owner(self) -> None:
        """See `Storage`."""
        if not self.is_owner:
            raise ReadOnly(READ_ONLY.format(where=self.where))
        with translated():
            async with self.engine.connect() as connection:
                await self.check_epoch(connection)

    async def check_epoch(self, connection: AsyncConnection) -> None:
        """Compare the epoch as a connection sees it. Raises ReadOnly."""
        if await execute_plain(connection, EPOCH) == [(self._epoch,)]:
            return
        if self._epoch is not None:
            self._epoch = None
            _log.warning("database_ownership_changed", is_owner=False)
            for tell in self._owners:
                tell(False)
        raise ReadOnly(SUPERSEDED)

    @property
    def where(self) -> str:
        """For messages."""
        return str(self.engine.url.database)

    @asynccontextmanager
    async def session(self, *, patient: bool = False, durable: bool = True) -> AsyncIterator[DatabaseSession]:
        """See `Storage`."""
        session = _FileSession(self, self.engine if durable else self._quick_engine, patient=patient)
        try:
            yield session
        finally:
            await to_its_end(session.release())

    def written(self, *, patient: bool) -> None:
        """Something was committed. The write-ahead log is moved into the file beside those who write: a commit that
        did it would have others wait for it."""
        self._commits += 8 if patient else 1
        if self._commits >= CHECKPOINT_AFTER and self._checkpoint is None:
            self._commits = 0
            self._checkpoint = asyncio.create_task(self._move_log(), name="checkpoint")

    async def close(self) -> None:
        """Close the connections, then give the file up."""
        if self._checkpoint is not None:
            await asyncio.wait([self._checkpoint])
        await self.engine.dispose()
        await self._quick_engine.dispose()
        self._lock.release()

    async def _move_log(self) -> None:
        try:
            with translated():
                async with self._quick_engine.connect() as connection:
                    await execute_plain(connection, "PRAGMA wal_checkpoint(PASSIVE)")
        except WeaverError as error:
            _log.warning("write_ahead_log_not_moved", error=str(error))  # the next commits try again
        finally:
            self._checkpoint = None


class _FileSession(Statements):
    def __init__(self, storage: SqliteStorage, engine: AsyncEngine, *, patient: bool) -> None:
        super().__init__()
        self._storage, self._engine, self._patient = storage, engine, patient
        self._connection: AsyncConnection | None = None
        self._writes = False

    async def read(self, statement: Executable) -> Sequence[AnyRow]:
        with self._executing():
            if self._connection is None:
                await to_its_end(self._begin("BEGIN"))
            return (await to_its_end(self._open.execute(statement))).all()

    async def begin_write(self) -> None:
        if self._writes:
            return
        self._check_may_write()
        if not self._storage.is_owner:
            raise ReadOnly(READ_ONLY.format(where=self._storage.where))
        if self._connection is not None:
            await to_its_end(self.release())  # a snapshot that has grown old could not be written from
        with self._executing():
            await self._storage.writers.take(patient=self._patient)
            self._writes = True
            await to_its_end(self._begin("BEGIN IMMEDIATE"))
            await self._storage.check_epoch(self._open)

    async def write(self, statement: Executable, values: Values | None = None) -> int:
        await self.begin_write()
        with self._executing():
            return (await to_its_end(self._open.execute(statement, values))).rowcount

    async def insert_many(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        await self.begin_write()
        with self._executing():
            await to_its_end(execute_many(self._open, table, columns, map(encode, items)))

    async def commit(self) -> None:
        self._check_unspoilt()
        if self._writes:
            with self._executing():
                await to_its_end(execute_plain(self._open, "COMMIT"))
            self._storage.written(patient=self._patient)

    async def release(self) -> None:
        """Undo what was not committed, and let the next one have its turn."""
        try:
            if self._connection is not None:
                await self._connection.close()  # rolls back
        finally:
            self._connection = None
            if self._writes:
                self._writes = False
                self._storage.writers.release()

    @property
    def _open(self) -> AsyncConnection:
        assert self._connection is not None
        return self._connection

    async def _begin(self, how: str) -> None:
        self._connection = await self._engine.connect()
        await execute_plain(self._connection, how)
