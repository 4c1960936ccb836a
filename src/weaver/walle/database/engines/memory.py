"""Rows in memory: nothing survives the process."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable, StaticPool, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from weaver.walle.database.engines.session import AnyRow, DatabaseSession, Item, Statements, Values, to_its_end
from weaver.walle.database.engines.sqlite_driver import execute_many, execute_plain, prepared
from weaver.walle.database.engines.writers import Writers


def memory_engine() -> AsyncEngine:
    """The one connection that an in-memory database lives in."""
    return prepared(create_async_engine("sqlite+aiosqlite://", isolation_level="AUTOCOMMIT", poolclass=StaticPool))


class MemoryStorage:
    """An in-memory database: one connection, one transaction at a time; what is read is what was committed."""

    name = "memory"
    is_owner = True

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.writers = Writers()

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """See `Storage`: nobody else can have it."""

    async def check_owner(self) -> None:
        """See `Storage`: nobody else can have it."""

    @asynccontextmanager
    async def session(
        self,
        *,
        patient: bool = False,
        durable: bool = True,  # noqa: ARG002 - nothing in memory is
    ) -> AsyncIterator[DatabaseSession]:
        """See `Storage`."""
        session = _MemorySession(self, patient=patient)
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
    def __init__(self, storage: MemoryStorage, *, patient: bool) -> None:
        super().__init__()
        self._writers, self._patient = storage.writers, patient
        self._connection = storage.connection
        self._writes = False
        self._committed = False

    async def read(self, statement: Executable) -> Sequence[AnyRow]:
        if self._writes:
            return await self._rows(statement)
        with self._executing():
            await self._writers.take(patient=self._patient)
        try:
            return await self._rows(statement)
        finally:
            self._writers.release()

    async def begin_write(self) -> None:
        if self._writes:
            return
        self._check_may_write()
        with self._executing():
            await self._writers.take(patient=self._patient)
            self._writes = True
            await to_its_end(execute_plain(self._connection, "BEGIN IMMEDIATE"))

    async def write(self, statement: Executable, values: Values | None = None) -> int:
        await self.begin_write()
        with self._executing():
            return (await to_its_end(self._connection.execute(statement, values))).rowcount

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
                await to_its_end(execute_plain(self._connection, "COMMIT"))
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
            self._writers.release()

    async def _rows(self, statement: Executable) -> Sequence[AnyRow]:
        with self._executing():
            return (await to_its_end(self._connection.execute(statement))).all()
