"""Rows in an embedded SQLite file, or in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Executable, StaticPool, Table, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from weaver.model.errors import ReadOnly
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.database.engines.session import BUSY_SECONDS, AnyRow, Item, Session, Statements, acquire, to_its_end

READERS = 8
READ_ONLY = (
    "this server is read-only: another one owns the database {where}; stop that one and start this one again, "
    "or give this one a database of its own (DB_URL)"
)


def sqlite_engine(path: Path) -> AsyncEngine:
    """Connections to a file, in autocommit: transactions are begun and ended in so many words."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        isolation_level="AUTOCOMMIT",
        pool_size=READERS,
        max_overflow=2,
        pool_timeout=5,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        _pragmas(connection, "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(BUSY_SECONDS * 1000)}")

    return engine


def memory_engine() -> AsyncEngine:
    """The one connection that an in-memory database lives in."""
    engine = create_async_engine("sqlite+aiosqlite://", isolation_level="AUTOCOMMIT", poolclass=StaticPool)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        _pragmas(connection)

    return engine


def _pragmas(connection: Any, *settings: str) -> None:
    cursor = connection.cursor()
    for setting in ("foreign_keys=ON", *settings):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


class SqliteStorage:
    """A file: readers see the last commit and wait for nobody, writers follow one another."""

    name = "sqlite"

    def __init__(self, *, engine: AsyncEngine, lock: FileLock) -> None:
        """lock: says whether this process owns the file; released at the end."""
        self.engine = engine
        self.turn = asyncio.Lock()
        self._lock = lock

    @property
    def is_owner(self) -> bool:
        """Whether this process may write; settled when it opened the file."""
        return self._lock.is_held

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """See `Storage`: a file's lock is kept until the end."""

    @property
    def where(self) -> str:
        """For messages."""
        return str(self.engine.url.database)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """See `Storage`."""
        session = _FileSession(self)
        try:
            yield session
        finally:
            await to_its_end(session.release())

    async def close(self) -> None:
        """Close the connections, then give the file up."""
        await self.engine.dispose()
        self._lock.release()


class _FileSession(Statements):
    def __init__(self, storage: SqliteStorage) -> None:
        super().__init__()
        self._storage = storage
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
        await to_its_end(self.release())  # a snapshot that has grown old could not be written from
        with self._executing():
            await acquire(self._storage.turn)
            self._writes = True
            await to_its_end(self._begin("BEGIN IMMEDIATE"))

    async def write(self, statement: Executable) -> int:
        await self.begin_write()
        with self._executing():
            return (await to_its_end(self._open.execute(statement))).rowcount

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
                await to_its_end(self._open.exec_driver_sql("COMMIT"))

    async def release(self) -> None:
        """Undo what was not committed, and let the next one have its turn."""
        try:
            if self._connection is not None:
                await self._connection.close()  # rolls back
        finally:
            self._connection = None
            if self._writes:
                self._writes = False
                self._storage.turn.release()

    @property
    def _open(self) -> AsyncConnection:
        assert self._connection is not None
        return self._connection

    async def _begin(self, how: str) -> None:
        self._connection = await self._storage.engine.connect()
        await self._connection.exec_driver_sql(how)


class MemoryStorage:
    """An in-memory database: one connection, one transaction at a time; what is read is what was committed."""

    name = "memory"
    is_owner = True

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.turn = asyncio.Lock()

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """See `Storage`: nobody else can have it."""

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """See `Storage`."""
        session = _MemorySession(self)
        try:
            yield session
        finally:
            await to_its_end(session.release())

    async def close(self) -> None:
        """Forget everything."""
        engine = self.connection.engine
        await self.connection.close()
        await engine.dispose()


class _MemorySession(Statements):
    def __init__(self, storage: MemoryStorage) -> None:
        super().__init__()
        self._storage = storage
        self._connection = storage.connection
        self._writes = False
        self._committed = False

    async def read(self, statement: Executable) -> Sequence[AnyRow]:
        if self._writes:
            return await self._rows(statement)
        with self._executing():
            await acquire(self._storage.turn)
        try:
            return await self._rows(statement)
        finally:
            self._storage.turn.release()

    async def begin_write(self) -> None:
        if self._writes:
            return
        self._check_may_write()
        with self._executing():
            await acquire(self._storage.turn)
            self._writes = True
            await to_its_end(self._connection.exec_driver_sql("BEGIN IMMEDIATE"))

    async def write(self, statement: Executable) -> int:
        await self.begin_write()
        with self._executing():
            return (await to_its_end(self._connection.execute(statement))).rowcount

    async def insert_many(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        await self.begin_write()
        with self._executing():
            await to_its_end(execute_many(self._connection, table, columns, map(encode, items)))

    async def commit(self) -> None:
        self._check_unspoilt()
        if self._writes:
            with self._executing():
                await to_its_end(self._connection.exec_driver_sql("COMMIT"))
                self._committed = True

    async def release(self) -> None:
        """Undo what was not committed, and let the next one have its turn."""
        if not self._writes:
            return
        try:
            if not self._committed:
                await self._connection.rollback()
        finally:
            self._writes = False
            self._storage.turn.release()

    async def _rows(self, statement: Executable) -> Sequence[AnyRow]:
        with self._executing():
            return (await to_its_end(self._connection.execute(statement))).all()


async def execute_many(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert plain tuples past SQLAlchemy. The driver asks for them in its own thread, off the event loop."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    cursor = await raw.driver_connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
    await cursor.close()
