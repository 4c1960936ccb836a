"""Connections to SQLite: made ready by however many at once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from weaver.walle.database.engines.sqlite import BUSY_SECONDS, sqlite_engine

pytestmark = pytest.mark.anyio
FILES = 60
AT_ONCE = 3


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def settings_of(path: Path) -> tuple[str, int, int]:
    """Connect by an engine of its own, as another process would."""
    engine = sqlite_engine(path)
    try:
        async with engine.connect() as connection:
            names = ("journal_mode", "busy_timeout", "foreign_keys")
            found = [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names]
        return found[0], found[1], found[2]
    finally:
        await engine.dispose()


async def test_file_that_several_make_at_once_is_ready_for_each(tmp_path: Path) -> None:
    for number in range(FILES):
        path = tmp_path / f"{number}.db"
        found = await asyncio.gather(*(settings_of(path) for _ in range(AT_ONCE)))
        assert found == [("wal", BUSY_SECONDS * 1000, 1)] * AT_ONCE


async def test_file_that_somebody_writes_to_is_waited_for_no_longer_than_a_write(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    await settings_of(path)
    engine = sqlite_engine(path)
    async with engine.connect() as writer:
        await writer.exec_driver_sql("BEGIN IMMEDIATE")
        assert await settings_of(path) == ("wal", BUSY_SECONDS * 1000, 1)  # a connection needs no turn to write
        await writer.exec_driver_sql("ROLLBACK")
    await engine.dispose()
