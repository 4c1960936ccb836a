"""Opening the database that DB_URL names: in memory, in a file, on a server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from weaver.events.log.log import EventStore
from weaver.events.log.memory import MemoryEventStore
from weaver.events.log.waiting import Wait, wait_for_event
from weaver.model.errors import InputError, NotFound, Unavailable
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines.address import InFile, InMemory, OnServer, make_folder_of, parse_address
from weaver.walle.database.engines.faults import at_start, of_file, translated
from weaver.walle.database.engines.memory import MemoryStorage, memory_engine
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.database.engines.postgresql import PostgresqlStorage, postgresql_engine
from weaver.walle.database.engines.server_link import ServerLink
from weaver.walle.database.engines.session import DatabaseSession, Storage
from weaver.walle.database.engines.sqlite import SqliteStorage
from weaver.walle.database.rows.outbox import EventRecorder, MemoryEventRecorder, SqlEventRecorder, SqlEventStore
from weaver.walle.database.rows.tables import metadata
from weaver.walle.database.schema_version import HEAD, revision_of
from weaver.walle.database.transaction import Router


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a database is opened, whatever keeps it."""

    server: str
    """What names this process to others."""
    owns: bool
    """Whether it claims the database; else it only reads."""
    route: Router | None = None
    wait: Wait = wait_for_event
    read_only: str | None = None
    """Why nothing may be written, whoever owns the database."""

    def database(
        self, storage: Storage, store: EventStore, recorder: Callable[[DatabaseSession], EventRecorder], newest: int
    ) -> SqlDatabase:
        """The database on its storage; `newest`: of the events that are kept."""
        return SqlDatabase(
            storage=storage,
            store=store,
            recorder=recorder,
            route=self.route,
            newest=newest,
            wait=self.wait,
            read_only=self.read_only,
        )


READING = Opening(server="reader", owns=False)


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
    opening = Opening(server=new_id(), owns=read_only is None, route=route, wait=wait, read_only=read_only)
    match parse_address(url, home):
        case InMemory():
            return await _open_memory(opening, now)
        case InFile(path=path):
            return await _open_file(path, opening)
        case OnServer(url=server):
            return await _open_server(server, opening)


async def open_reader(url: str | None, *, home: Path) -> SqlDatabase:
    """The same for a process that only reads: nothing is made or claimed, so that a server that starts meanwhile finds
    the database its own. Raises NotFound where a file is not there."""
    match parse_address(url, home):
        case InMemory():
            raise InputError("DB_URL=memory keeps nothing that another process could read")
        case InFile(path=path):
            if not path.exists():
                raise NotFound(f"{path} is not there: `weaver up` makes it; are WEAVER_HOME and DB_URL right?")
            return await _open_file(path, READING)
        case OnServer(url=server):
            return await _open_server(server, READING)


async def _open_memory(opening: Opening, now: Callable[[], datetime]) -> SqlDatabase:
    connection = await memory_engine().connect()
    await connection.run_sync(metadata.create_all)
    store = MemoryEventStore(now=now)
    recorder = partial(MemoryEventRecorder, store=store)
    return opening.database(MemoryStorage(connection), store, recorder, store.newest)


async def _open_file(path: Path, opening: Opening) -> SqlDatabase:
    path = path.resolve()  # under all its names it is one file with one owner
    if opening.read_only is not None and not path.exists():
        raise InputError(f"{path}: is not there to be read, and {opening.read_only}")
    lock = FileLock(path.with_name(f"{path.name}.owner"), opening.server)
    storage = SqliteStorage(path=path, lock=lock)
    async with _closed_on_failure(storage):
        if opening.owns:
            make_folder_of(path)
            lock.take()
        with of_file(path):
            present = await _version(storage.engine)
        if present != HEAD:
            await _bring_up_to_date(path, present, is_ours=lock.is_held, owns=opening.owns)
        if lock.is_held:
            with of_file(path):
                await storage.claim()
        store = SqlEventStore(storage)
        recorder = partial(SqlEventRecorder, postgresql=False)
        return opening.database(storage, store, recorder, (await store.bounds()).newest)


async def _bring_up_to_date(path: Path, present: str | None, *, is_ours: bool, owns: bool) -> None:
    """Create or upgrade a file's tables, which only its owner does."""
    if not is_ours:
        user = "another server uses it" if owns else "`weaver migrate` brings them up to date"
        raise InputError(f"{path}: its tables are of version {present}, not {HEAD}, and {user}")
    from weaver.walle.database.migrate import migrate_file  # alembic takes a while to import, and is seldom needed

    await migrate_file(path)


async def _open_server(url: URL, opening: Opening) -> SqlDatabase:
    name = f"weaver-{opening.server}"[:63]
    engine = postgresql_engine(url, application_name=name)
    _, options = engine.dialect.create_connect_args(url)
    link = ServerLink(options, application_name=f"{name[:58]}-link", wait=opening.wait)
    storage = PostgresqlStorage(engine=engine, link=link)
    async with _closed_on_failure(storage):
        try:
            present = await _version(engine)
        except Unavailable as error:
            raise Unavailable(f"{_named(url)}: {error}; is the server running, and DB_URL right?") from error
        if present != HEAD:
            raise InputError(_untimely(present, url))
        if opening.owns:
            await link.open()
        store = SqlEventStore(storage)
        recorder = partial(SqlEventRecorder, postgresql=True)
        database = opening.database(storage, store, recorder, (await store.bounds()).newest)
        link.on_news(database.log.wake)
        return database


async def _version(engine: AsyncEngine) -> str | None:
    """Of which version its tables are; None: it has none. Raises Unavailable; InputError: it lets nobody in."""
    with at_start(), translated():
        async with engine.connect() as connection:
            return await connection.run_sync(revision_of)


@asynccontextmanager
async def _closed_on_failure(storage: Storage) -> AsyncIterator[None]:
    """A storage that could not be opened whole is closed again."""
    try:
        yield
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
