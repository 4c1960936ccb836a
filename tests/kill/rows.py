"""Rows of the database as it is, read past Weaver in plain SQL."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.postgres import apart, connect

Rows = list[tuple[Any, ...]]

_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def read(home: Path, db_url: str | None, statements: Sequence[str], *, is_running: bool) -> list[Rows]:
    """What statements find, in one transaction.

    Where the server is not running: of a file a copy is read, so that it stays as it is; a database is read when it has
    ended what it was doing for the server, since a COMMIT that it got before the kill is carried out after it.
    """
    if db_url is not None:
        return _from_server(db_url, statements, is_running=is_running)
    path = home / "weaver.db"
    if is_running:
        return _from_file(f"file:{path}?mode=ro", statements)
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, f"{path.name}-wal"):
            if path.with_name(name).exists():
                shutil.copy(path.with_name(name), folder)
        return _from_file(f"file:{folder}/{path.name}", statements)


def read_at_once(home: Path, db_url: str | None, statement: str) -> Rows:
    """What one finds, as quickly as can be."""
    if db_url is not None:
        return _from_server(db_url, [statement], is_running=True)[0]
    with closing(sqlite3.connect(f"file:{home / 'weaver.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def _from_file(address: str, statements: Sequence[str]) -> list[Rows]:
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("BEGIN")
        return [connection.execute(sql).fetchall() for sql in statements]
    finally:
        connection.close()


def _from_server(db_url: str, statements: Sequence[str], *, is_running: bool) -> list[Rows]:
    found: list[Rows] = []

    async def look() -> None:
        connection = await connect(db_url)
        try:
            async with asyncio.timeout(60):
                while not is_running and await connection.fetchval(_OTHERS):
                    await asyncio.sleep(0.01)
            async with asyncio.timeout(60), connection.transaction(isolation="repeatable_read", readonly=True):
                for sql in statements:
                    found.append([tuple(row) for row in await connection.fetch(sql)])  # noqa: PERF401 - awaits
        finally:
            await connection.close()

    apart(look)
    return found
