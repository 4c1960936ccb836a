"""Tables come about by migrations, and are those that the code knows."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.contracts.builders import MOMENT, add_run, event, new_id
from tests.postgres import Databases
from weaver.events.filter import EventFilter
from weaver.model.errors import InputError
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.migrate import config, migrate
from weaver.walle.database.opening import open_database
from weaver.walle.database.rows.tables import metadata
from weaver.walle.database.schema_version import HEAD

pytestmark = [
    pytest.mark.anyio,
    # SQLAlchemy cannot read back the index on an expression.
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The DB_URL of a database in which there is nothing yet."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'folder' / 'some.db'}"


async def opened(url: str | None, home: Path) -> SqlDatabase:
    return await open_database(url, home=home, now=lambda: MOMENT, new_id=new_id, route=None)


async def test_migrated_tables_are_those_of_the_metadata(empty_url: str, tmp_path: Path) -> None:
    assert await migrate(empty_url, home=tmp_path) == HEAD
    assert await differences(empty_url) == []


async def test_migrating_again_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    await migrate(empty_url, home=tmp_path)
    async with await opened(empty_url, tmp_path) as database:
        made = await add_run(database)
        await database.log.append([event()])
    assert await migrate(empty_url, home=tmp_path) == HEAD
    async with await opened(empty_url, tmp_path) as database:
        async with database.transaction() as transaction:
            assert await transaction.runs.find(made.id) == made
        assert len(await database.log.read()) == 1


async def test_two_that_migrate_at_once_follow_one_another(empty_url: str, tmp_path: Path) -> None:
    assert await asyncio.gather(migrate(empty_url, home=tmp_path), migrate(empty_url, home=tmp_path)) == [HEAD, HEAD]
    assert await differences(empty_url) == []


async def test_tables_of_a_newer_weaver_are_refused(empty_url: str, tmp_path: Path) -> None:
    await migrate(empty_url, home=tmp_path)
    await execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InputError, match="9999"):
        await migrate(empty_url, home=tmp_path)
    with pytest.raises(InputError, match="9999"):
        await opened(empty_url, tmp_path)


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(exist_ok=True)
    await execute(empty_url, "CREATE TABLE risk_state (mine INTEGER)")  # in the way of the last tables
    with pytest.raises(Exception, match="risk_state"):
        await migrate(empty_url, home=tmp_path)
    await execute(empty_url, "DROP TABLE risk_state")
    await migrate(empty_url, home=tmp_path)
    assert await differences(empty_url) == []


async def test_events_of_before_get_the_order_that_they_are_about(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(exist_ok=True)
    await upgrade(empty_url, "0005")
    payloads = [{"order_id": "o1"}, {"order_id": 'o"2'}, {"order_id": 7}, {"in": {"order_id": "o1"}}, {"text": "o1"}]
    for number, payload in enumerate(payloads):
        values = f"'e{number}', 'evt', 'orders.Created', 1, 'c', '2024-03-01T14:30:00Z', 'test', '{{}}'"
        await execute(
            empty_url,
            "INSERT INTO outbox (id, kind, type, version, corr_id, ts, producer, headers, payload) "
            f"VALUES ({values}, '{json.dumps(payload, separators=(',', ':'))}')",
        )
    await migrate(empty_url, home=tmp_path)
    async with await opened(empty_url, tmp_path) as database:
        for order_id, wanted in (("o1", ["e0"]), ('o"2', ["e1"]), ("7", [])):
            assert [each.id for each in await database.log.read(EventFilter(order_id=order_id))] == wanted
        assert [dict(each.payload) for each in await database.log.read()] == payloads


async def test_runs_of_before_were_promoted_from_nothing(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(exist_ok=True)
    await upgrade(empty_url, "0006")
    await execute(
        empty_url,
        "INSERT INTO runs (id, name, strategy_id, mode, status, symbols, config, options, queued, strategy_source, "
        "weaver_version, created_at) VALUES ('r', 'old', 's', 'paper', 'pending', '[]', '{}', '{}', false, '', '0', "
        "'2024-03-01T14:30:00Z')",
    )
    await migrate(empty_url, home=tmp_path)
    async with await opened(empty_url, tmp_path) as database, database.transaction() as transaction:
        run = await transaction.runs.find("r")
        assert run is not None
        assert (run.promoted_from, run.promotion) == (None, None)


async def test_a_server_without_tables_says_what_to_run(empty_postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tables of Weaver's yet: run `weaver migrate`"):
        await opened(empty_postgres_url, tmp_path)
    await migrate(empty_postgres_url, home=tmp_path)
    await execute(empty_postgres_url, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(InputError, match=r"older Weaver \(0000, not .*run `weaver migrate`"):
        await opened(empty_postgres_url, tmp_path)


async def test_a_file_gets_its_tables_by_itself(tmp_path: Path) -> None:
    home = tmp_path / "not" / "there"
    async with await opened(None, home) as database:
        assert database.storage == "sqlite"
        await add_run(database)
    assert (home / "weaver.db").exists()
    assert await differences(f"sqlite+aiosqlite:///{home / 'weaver.db'}") == []


async def test_an_embedded_file_is_durable_and_checks_its_references(tmp_path: Path) -> None:
    database = await opened(None, tmp_path)
    try:
        async with database._storage.session() as session:
            settings = {
                name: (await session.read(text(f"PRAGMA {name}")))[0][0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
    finally:
        await database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weaver.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(InputError, match="not a database"):
        await opened(None, tmp_path)


async def test_memory_has_nothing_to_migrate(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to migrate"):
        await migrate("memory", home=tmp_path)


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


def test_the_tests_know_every_table_of_the_design() -> None:
    assert set(metadata.tables) == {
        "outbox",
        "consumer_offsets",
        "runs",
        "orders",
        "fills",
        "backtest_results",
        "result_blobs",
        "trades",
        "positions",
        "risk_state",
        "recorded_inputs",
        "submissions",
        "blobs",
        "run_blobs",
        "epochs",
    }


async def differences(url: str) -> list[Any]:
    """What alembic would change to get from the database to the metadata."""

    def compare(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    engine = create_async_engine(make_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def upgrade(url: str, revision: str) -> None:
    """The tables as an older Weaver left them."""

    def stepwise(connection: Connection) -> None:
        ours = config()
        ours.attributes["connection"] = connection
        command.upgrade(ours, revision)

    engine = create_async_engine(make_url(url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(stepwise)
    finally:
        await engine.dispose()


async def execute(url: str, statement: str) -> None:
    """Run SQL past Weaver."""
    if url.startswith("sqlite"):
        with sqlite3.connect(make_url(url).database or "") as connection:
            connection.execute(statement)
        connection.close()
        return
    Databases(server=make_url(url), prefix="none").execute(statement)
