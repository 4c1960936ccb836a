"""Rows on a PostgreSQL server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from inspect import signature
from typing import Any

import asyncpg
import structlog
from sqlalchemy import URL, Executable, Table, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from weaver.model.errors import InputError, ReadOnly, Unavailable
from weaver.walle.database.engines.faults import BROKEN, OutcomeUnknown, fault
from weaver.walle.database.engines.ownership import EPOCH, SUPERSEDED
from weaver.walle.database.engines.server_link import CONNECT_SECONDS, ServerLink
from weaver.walle.database.engines.session import AnyRow, DatabaseSession, Item, Statements, Values, to_its_end
from weaver.walle.database.engines.writers import Writers

_log = structlog.get_logger("weaver.walle.database")
_OURS = {"timeout", "command_timeout", "server_settings", "dsn", "loop"}
STATEMENT_SECONDS = 30.0
LOCK_SECONDS = 10
BEGIN = "BEGIN"
BEGIN_NOT_DURABLE = "BEGIN; SET LOCAL synchronous_commit TO OFF"
_EPOCH = text(EPOCH)
_LAST_ROWS = "weaver.last_rows"
"""The parameter of a transaction that holds the rows which its commit inserts, as JSON."""
_LAST_MAX = 500
_UNDONE = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
"""Raised by the rows that come with a commit: there was none."""
_AT_ONCE = 2_000
"""Rows of one COPY: asyncpg packs them on the event loop, some microseconds each."""
_IN_THREAD = 200
"""From how many rows on they are made in a thread, so that the loop has its turn in between."""


def postgresql_engine(
    url: URL,
    *,
    application_name: str = "weaver",
    statement_seconds: float | None = STATEMENT_SECONDS,
    lock_seconds: int = LOCK_SECONDS,
) -> AsyncEngine:
    """A pool of connections, in autocommit: transactions are begun and ended in so many words.

    A connection that the server closed is replaced when it is asked for, which takes no round trip, unlike a ping.
    Raises InputError for a parameter in the URL that the driver does not know.
    """
    unknown = sorted(set(url.query) - set(signature(asyncpg.connect).parameters) | set(url.query) & _OURS)
    if unknown:
        raise InputError(f"DB_URL has a parameter {unknown[0]!r}, which cannot be given there: take it out")
    engine = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=10,
        max_overflow=5,
        pool_timeout=5,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": statement_seconds,
            "server_settings": {
                "application_name": application_name,
                "lock_timeout": f"{lock_seconds}s",
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_if_closed)
    return engine


def _replace_if_closed(connection: Any, _record: object, _proxy: object) -> None:
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class PostgresqlStorage:
    """A server: many read and write at once; what changes the log follows one another (see the trigger)."""

    name = "postgresql"

    def __init__(self, *, engine: AsyncEngine, link: ServerLink) -> None:
        self.engine = engine
        self.link = link
        self.patient = Writers()
        """Those who are patient write one at a time: whoever is not waits for one of them at most."""

    @property
    def is_owner(self) -> bool:
        """Whether this process holds the database's lock."""
        return self.link.is_owner

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """See `Storage`."""
        self.link.on_ownership(callback)

    async def check_owner(self) -> None:
        """See `Storage`. The database is asked first: where the connection that holds the lock was lost, it knows
        whether another server has taken over meanwhile."""
        if self.link.epoch is not None:
            async with self.session() as session:
                rows = await session.read(_EPOCH)
            with self.link.noticing():
                if not rows or rows[0][0] != self.link.epoch:
                    raise ReadOnly(SUPERSEDED)
        self.link.check_owner()

    @asynccontextmanager
    async def session(self, *, patient: bool = False, durable: bool = True) -> AsyncIterator[DatabaseSession]:
        """See `Storage`."""
        session = _ServerSession(self, patient=patient, durable=durable)
        try:
            yield session
        finally:
            await to_its_end(session.release())

    async def close(self) -> None:
        """Close the connections, then give the database up."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self.engine.dispose()
        except TimeoutError:  # what is left of them goes with the process
            _log.warning("database_connections_left", seconds=CONNECT_SECONDS)
        finally:
            await self.link.close()


class _ServerSession(Statements):
    def __init__(self, storage: PostgresqlStorage, *, patient: bool, durable: bool) -> None:
        super().__init__()
        self._storage = storage
        self._patient, self._has_turn = patient, False
        self._begin = BEGIN if durable else BEGIN_NOT_DURABLE
        """Without the fence, which comes with it in one round trip."""
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        """asyncpg's own connection, once there is a transaction on it."""
        self._last = ""
        """What is executed with the commit."""

    async def read(self, statement: Executable) -> Sequence[AnyRow]:
        with self._executing():
            connection = await self._connected()
            return (await connection.execute(statement)).all()

    async def begin_write(self) -> None:
        if self._driver is not None:
            return
        self._check_may_write()
        self._storage.link.check_owner()
        with self._executing():
            if self._patient:
                await self._storage.patient.take(patient=True)
                self._has_turn = True
            self._driver = (await (await self._connected()).get_raw_connection()).driver_connection
            with self._storage.link.noticing():
                await self._driver.execute(f"{self._begin}; SELECT weaver_fence({self._storage.link.epoch})")

    async def write(self, statement: Executable, values: Values | None = None) -> int:
        await self.begin_write()
        with self._executing():
            return (await (await self._connected()).execute(statement, values)).rowcount

    async def insert_many(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        await self.begin_write()
        with self._executing():
            for start in range(0, len(items), _AT_ONCE):
                part = items[start : start + _AT_ONCE]
                few = len(part) < _IN_THREAD
                records = _encoded(encode, part) if few else await asyncio.to_thread(_encoded, encode, part)
                await self._driver.copy_records_to_table(table.name, columns=columns, records=records)

    async def insert_last(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        """See `DatabaseSession`. The rows are handed over now and inserted in one round trip with the commit: whoever
        waits for the lock that the table's trigger takes does not wait for this process as well."""
        if len(items) > _LAST_MAX:
            await self.insert_many(table, columns, items, encode)
            return
        await self.begin_write()
        with self._executing():
            rows = [dict(zip(columns, encode(one), strict=True)) for one in items]
            content = json.dumps(rows, default=datetime.isoformat)
            await self._driver.execute(f"SELECT set_config('{_LAST_ROWS}', $1, true)", content)
        names = ", ".join(columns)
        self._last = (
            f"INSERT INTO {table.name} ({names}) SELECT {names} "
            f"FROM json_populate_recordset(NULL::{table.name}, current_setting('{_LAST_ROWS}')::json); "
        )

    async def commit(self) -> None:
        self._check_unspoilt()
        if self._driver is not None:
            self._storage.link.check_owner()  # another server may have taken over meanwhile
            with self._executing():
                await to_its_end(self._commit())

    async def release(self) -> None:
        """Undo what was not committed, give the connection back, and let the next one have its turn."""
        try:
            if self._connection is not None:
                await self._give_back(self._connection)
        finally:
            self._connection = None
            if self._has_turn:
                self._has_turn = False
                self._storage.patient.release()

    async def _commit(self) -> None:
        try:
            await self._driver.execute(f"{self._last}COMMIT")
        except (asyncpg.PostgresError, *BROKEN) as error:
            if isinstance(fault(error), Unavailable) and not isinstance(error, _UNDONE):
                raise OutcomeUnknown(
                    "the connection was lost during the commit: either all of the change was kept or nothing; "
                    "look before you repeat it"
                ) from error
            raise
        self._driver = None

    async def _give_back(self, connection: AsyncConnection) -> None:
        try:
            if self._driver is not None and not self._driver.is_closed():
                await self._driver.execute("ROLLBACK", timeout=CONNECT_SECONDS)
        except (asyncpg.PostgresError, *BROKEN):
            await connection.invalidate()  # its transaction ends with it
        finally:
            await connection.close()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._storage.engine.connect()
        return self._connection


def _encoded(encode: Callable[[Item], Sequence[Any]], items: Sequence[Item]) -> list[Sequence[Any]]:
    return list(map(encode, items))
