"""Brings a database's tables to what this version of Weaver needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from weaver.model.errors import InputError
from weaver.walle.database.engines.address import InFile, InMemory, OnServer, make_folder_of, parse_address
from weaver.walle.database.engines.faults import at_start, of_file, translated
from weaver.walle.database.engines.postgresql import postgresql_engine
from weaver.walle.database.engines.sqlite import sqlite_engine
from weaver.walle.database.schema_version import HEAD, revision_of

_MIGRATING = 0x77656176_6D696772
"""The advisory lock of a migration on PostgreSQL ("weavmigr")."""


async def migrate(url: str | None, *, home: Path) -> str:
    """Create or upgrade the tables, all or nothing, and return the version they have now.

    `url` as in DB_URL. Two that migrate at once follow one another. Raises InputError for tables that are newer than
    this Weaver, and for `memory`; Unavailable where the database does not answer.
    """
    match parse_address(url, home):
        case InMemory():
            raise InputError("DB_URL is memory: there is nothing to migrate")
        case InFile(path=path):
            await migrate_file(path)
        case OnServer(url=server):
            engine = postgresql_engine(server, statement_seconds=None, lock_seconds=0)  # it may take its time
            try:
                with at_start(), translated():
                    async with engine.connect() as connection:
                        await connection.execution_options(isolation_level="READ COMMITTED")
                        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
                        await connection.run_sync(_upgrade)
                        await connection.commit()
            finally:
                await engine.dispose()
    return HEAD


async def migrate_file(path: Path) -> None:
    """Create or upgrade the tables of a SQLite file, all or nothing."""
    make_folder_of(path)
    engine = sqlite_engine(path)
    try:
        with of_file(path), translated():
            async with engine.connect() as connection:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
                await connection.run_sync(_upgrade)
                await connection.exec_driver_sql("COMMIT")
    finally:
        await engine.dispose()


def config() -> Config:
    """Alembic's, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return made


def _upgrade(connection: Connection) -> None:
    ours = config()
    present = revision_of(connection)
    if present is not None and present not in {
        script.revision for script in ScriptDirectory.from_config(ours).walk_revisions()
    }:
        raise InputError(
            f"the database's tables are of version {present}, which this Weaver does not know: use a newer one"
        )
    ours.attributes["connection"] = connection
    command.upgrade(ours, "head")
