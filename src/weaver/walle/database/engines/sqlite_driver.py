"""What is done with connections to SQLite, in a file or in memory."""

from collections.abc import Iterable, Sequence
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import Table, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOG_AHEAD = "PRAGMA journal_mode=WAL"
ATTEMPTS_MAX = 10


def prepared(engine: AsyncEngine, *settings: str) -> AsyncEngine:
    """Has each connection of an engine hold to foreign keys, and to these settings (`synchronous=FULL`)."""

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for setting in ("foreign_keys=ON", *settings):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    return engine


def with_log_ahead(engine: AsyncEngine) -> AsyncEngine:
    """Has each connection of an engine write to a file's log first, and to the file itself later.

    Where several make a file at once SQLite does not wait, as it does for a write, until another has changed how it is
    written. So each waits for a write of nothing, and tries again.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def _change(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                cursor.execute(LOG_AHEAD)
                break
            except OperationalError:
                cursor.execute("BEGIN IMMEDIATE")
                cursor.execute("COMMIT")
        else:
            cursor.execute(LOG_AHEAD)
        cursor.close()

    return engine


async def execute_plain(connection: AsyncConnection, statement: str) -> list[tuple[Any, ...]]:
    """Execute a statement without values past SQLAlchemy, and return its rows: in one turn of the driver's thread and
    not three, for such statements stand around every change."""
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    return list(await raw.driver_connection.execute_fetchall(statement))


async def execute_many(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert plain tuples past SQLAlchemy. The driver asks for them in its own thread, off the event loop."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    cursor = await raw.driver_connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
    await cursor.close()
