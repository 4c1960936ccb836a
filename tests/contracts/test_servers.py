"""Several servers on one database, and a database that goes away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from tests.contracts.builders import (
    MOMENT,
    Opener,
    add_run,
    event,
    new_id,
    on_kept,
    on_memory,
    on_postgresql,
    order_row,
    run,
)
from tests.postgres import Databases, OwnServer, connect
from weaver.events.event import Event
from weaver.model.errors import Conflict, InputError, NotFound, Unavailable
from weaver.model.record import Query
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines import sqlite
from weaver.walle.database.engines.faults import OutcomeUnknown
from weaver.walle.database.engines.sqlite_driver import prepared
from weaver.walle.database.migrate import migrate
from weaver.walle.database.opening import open_database, open_reader

pytestmark = pytest.mark.anyio


@on_kept
async def test_a_second_server_reads_but_cannot_write(opener: Opener, storage: str) -> None:
    first, second = await opener.open(), await opener.open()
    assert (first.is_owner, second.is_owner) == (True, False)
    made = await add_run(first)
    await first.log.append([event()])
    async with second.transaction() as transaction:
        assert await transaction.runs.find(made.id) == made
    assert len(await second.log.read()) == 1
    await second.ping()
    for write in (
        lambda: add_run(second),
        lambda: second.log.append([event()]),
        lambda: second.log.advance("reader", 1),
        lambda: second.log.prune(keep=lambda _: False, older_than_seq=10),
    ):
        with pytest.raises(Conflict, match="read-only: another one owns the database"):
            await write()
    async with second.transaction() as transaction:
        assert (await transaction.runs.list(Query())).total == 1


@on_kept
async def test_a_reader_leaves_ownership_to_the_server_that_starts_meanwhile(opener: Opener, storage: str) -> None:
    await (await opener.open()).close()
    async with await open_reader(opener.url, home=opener.home) as reader:
        server = await opener.open()
        assert (reader.is_owner, server.is_owner) == (False, True)
        made = await add_run(server)
        async with reader.transaction() as transaction:
            assert await transaction.runs.find(made.id) == made
        with pytest.raises(Conflict, match="read-only"):
            await add_run(reader)
    await add_run(server)


async def test_a_reader_makes_and_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="DB_URL=memory keeps nothing"):
        await open_reader("memory", home=tmp_path)
    with pytest.raises(NotFound, match=r"weaver\.db is not there: `weaver up` makes it"):
        await open_reader(None, home=tmp_path / "mistyped")
    (tmp_path / "weaver.db").touch()
    with pytest.raises(InputError, match="`weaver migrate` brings them up to date"):
        await open_reader(None, home=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["weaver.db"]


@on_kept
async def test_the_next_server_owns_what_the_last_one_left(opener: Opener, storage: str) -> None:
    first = await opener.open()
    await first.close()
    second = await opener.open()
    assert second.is_owner
    await add_run(second)


@on_memory
async def test_memory_is_always_its_own(opener: Opener, storage: str) -> None:
    first, second = await opener.open(), await opener.open()
    assert first.is_owner
    assert second.is_owner
    await add_run(first)
    async with second.transaction() as transaction:
        assert (await transaction.runs.list(Query())).total == 0


async def test_storage_is_named_and_answers(database: SqlDatabase, storage: str) -> None:
    assert database.storage == storage
    await database.ping()


@on_postgresql
async def test_a_server_becomes_the_owner_of_one_that_has_just_died(opener: Opener, storage: str) -> None:
    """The lock of a killed process goes a moment after it: opening waits for that."""
    outside = await connect(opener.url or "")
    await outside.execute("SELECT pg_advisory_lock(8602275183457037172)")
    opening = asyncio.create_task(opener.open())
    await asyncio.wait([opening], timeout=0.03)
    await outside.close()
    assert (await opening).is_owner


@on_postgresql
async def test_a_lost_link_loses_ownership_until_it_is_regained(opener: Opener, storage: str) -> None:
    """The connection that holds the lock is cut off; events of that time are heard exactly once all the same."""
    database, told, heard = await opener.open(), list[bool](), list[Event]()

    async def hear(each: Event) -> None:
        heard.append(each)

    database.on_ownership(told.append)
    database.log.subscribe(hear)
    outside = await connect(opener.url or "")
    try:
        with capture_logs() as logs:
            await outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE '%-link' AND datname = current_database()"
            )
            await outside.execute(
                "INSERT INTO outbox (id, kind, type, version, corr_id, ts, producer, headers, payload) "
                "VALUES ('meanwhile', 'evt', 'run.Created', 1, 'c', now(), 'psql', '{}', '{}')"
            )
            await until(lambda: told[-1:] == [True], opener)
    finally:
        await outside.close()
    assert told == [False, True]
    assert [entry["is_owner"] for entry in logs if entry["event"] == "database_ownership_changed"] == told
    await database.log.append([event(id="after")])
    await database.log.settled()
    assert [each.id for each in heard] == ["meanwhile", "after"]


@on_postgresql
async def test_an_owner_whose_lock_was_taken_meanwhile_is_read_only_until_it_is_free(
    opener: Opener, storage: str
) -> None:
    database, told = await opener.open(), list[bool]()
    database.on_ownership(told.append)
    outside = await connect(opener.url or "")
    try:
        with capture_logs():
            waiting = asyncio.create_task(outside.execute("SELECT pg_advisory_lock(8602275183457037172)"))
            other = await connect(opener.url or "")
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE '%-link' AND datname = current_database()"
            )
            await other.close()
            await waiting
            await until(lambda: told == [False], opener)
            await until(conflicts(lambda: add_run(database)), opener)
            await outside.close()
            await until(lambda: told == [False, True], opener)
    finally:
        await outside.close()
    await add_run(database)


@on_postgresql
async def test_a_commit_that_was_cut_off_is_told_apart(opener: Opener, storage: str) -> None:
    """A trigger that waits at the commit, and a connection that is cut off while it does."""
    database = await opener.open()
    outside = await connect(opener.url or "")
    await outside.execute(
        """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON runs DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION slow();
        SELECT pg_advisory_lock(42);
        """
    )
    try:
        writing = asyncio.create_task(add_run(database, run_id="A"))
        async with asyncio.timeout(60):
            while not await outside.fetchval(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ):
                assert not writing.done()
        with pytest.raises(OutcomeUnknown, match="either all of the change was kept or nothing"):
            await writing
        await outside.execute("DROP TRIGGER slow ON runs")
    finally:
        await outside.close()
    await add_run(database, run_id="A")


# --- outages ---


@pytest.fixture
async def away(own_postgres: OwnServer, tmp_path: Path) -> AsyncIterator[SqlDatabase]:
    """A database on a server that the test can stop; it runs again at the end."""
    databases = Databases(server=own_postgres.url, prefix="outage")
    url = databases.create(new_id())
    await migrate(url, home=tmp_path)
    async with AsyncExitStack() as stack:
        stack.callback(own_postgres.start)
        yield await stack.enter_async_context(await opened(url, tmp_path))


async def opened(url: str, home: Path) -> SqlDatabase:
    async def quick(signal: asyncio.Event, _seconds: float) -> None:
        try:
            async with asyncio.timeout(0.02):
                await signal.wait()
        except TimeoutError:
            return

    now = event().ts
    return await open_database(url, home=home, now=lambda: now, new_id=new_id, route=None, wait=quick)


def leave_lost_connections_alone() -> None:
    """asyncpg tells the loop of an error that it gave to a waiter who had stopped waiting; that is no failure."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def handle(of: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(context.get("exception"), asyncpg.ConnectionDoesNotExistError):
            return
        if before is not None:
            before(of, context)

    loop.set_exception_handler(handle)


async def test_while_the_server_is_away_everything_is_unavailable_and_then_it_heals(
    away: SqlDatabase, own_postgres: OwnServer
) -> None:
    heard: list[Event] = []

    async def hear(each: Event) -> None:
        heard.append(each)

    away.log.subscribe(hear)
    acknowledged: list[str] = []
    done = asyncio.Event()

    async def load(name: str) -> None:
        for k in range(10_000):
            if done.is_set():
                return
            run_id = f"{name}-{k}"
            try:
                async with away.transaction() as transaction:
                    await transaction.runs.add(run(run_id))
                    await transaction.records.add_orders([order_row(run_id)])
                    transaction.append(event(run_id=run_id))
                acknowledged.append(run_id)
            except Unavailable:
                await asyncio.to_thread(done.is_set)

    leave_lost_connections_alone()
    async with asyncio.TaskGroup() as group:
        with capture_logs():
            for name in ("one", "two", "three"):
                group.create_task(load(name))
            while len(acknowledged) < 10:
                await asyncio.to_thread(done.is_set)
            await asyncio.to_thread(own_postgres.stop)
            for use in (
                away.ping,
                away.log.read,
                away.log.bounds,
                lambda: away.log.append([event()]),
                lambda: away.log.advance("reader", 1),
                lambda: add_run(away),
                lambda: away.log.offset("reader"),
            ):
                with pytest.raises(Unavailable):
                    await use()
            before = len(acknowledged)
            await asyncio.to_thread(own_postgres.start)
            async with asyncio.timeout(60):
                while len(acknowledged) < before + 10:
                    await asyncio.to_thread(done.is_set)
            done.set()
    stored = await away.log.read(limit=100_000)
    kept = {each.run_id for each in stored}
    assert kept.issuperset(acknowledged)
    async with away.transaction() as transaction:
        assert (await transaction.runs.list(Query())).total == len(kept)
        assert (await transaction.records.rows("orders", None, Query())).total == len(kept)
    await away.log.settled()
    assert heard == stored
    assert away.is_owner


async def test_a_server_that_is_away_cannot_be_opened(own_postgres: OwnServer, tmp_path: Path) -> None:
    await asyncio.to_thread(own_postgres.stop)
    try:
        with pytest.raises(Unavailable):
            await opened(own_postgres.url.render_as_string(hide_password=False), tmp_path)
        with pytest.raises(Unavailable):
            await migrate(own_postgres.url.render_as_string(hide_password=False), home=tmp_path)
    finally:
        await asyncio.to_thread(own_postgres.start)


@pytest.mark.parametrize(
    "url",
    ["mysql://root:hunter2@host/db", "postgresql+asyncpg://u:hunter2@host", "sqlite+aiosqlite://", "nonsense", "a://["],
)
async def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it is sqlite\+aiosqlite:///path/to/file.db, postgresql") as raised:
        await opened(url, tmp_path)
    assert "hunter2" not in str(raised.value)


async def until(holds: Callable[[], bool | Awaitable[bool]], opener: Opener) -> None:
    """Let virtual time pass until something holds."""
    async with asyncio.timeout(60):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            opener.wait.pass_time()
            await asyncio.to_thread(lambda: None)


def conflicts(write: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[bool]]:
    """Whether a write is refused as read-only; it may be unavailable before."""

    async def check() -> bool:
        try:
            await write()
        except Unavailable:
            return False
        except Conflict as error:
            assert "read-only" in str(error)
            return True
        raise AssertionError("written without the lock")

    return check


@pytest.mark.parametrize("storage", ["memory", "sqlite", "postgresql"])
async def test_server_whose_home_is_anothers_claims_nothing_and_writes_nothing(opener: Opener, storage: str) -> None:
    if storage != "memory":
        await (await opener.open()).close()
    why = "this server is read-only: another one uses its home"
    guest = await open_database(opener.url, home=opener.home, now=_now, new_id=new_id, route=None, read_only=why)
    async with guest:
        assert not guest.is_owner
        await guest.ping()
        for write in (lambda: add_run(guest), lambda: guest.log.append([event()])):
            with pytest.raises(Conflict, match=why):
                await write()
        async with guest.transaction() as transaction:
            assert (await transaction.runs.list(Query())).total == 0
        assert await guest.log.read() == []
        if storage != "memory":
            assert (await opener.open()).is_owner


def _now() -> datetime:
    return MOMENT


@pytest.mark.parametrize("storage", ["sqlite"])
async def test_change_that_a_full_disk_does_not_take_is_told_of_until_one_is_kept(
    opener: Opener, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await opener.open()).close()  # with tables that fit
    # No more room than what is taken already and some pages.
    monkeypatch.setattr(sqlite, "prepared", lambda engine, *given: prepared(engine, *given, "max_page_count=200"))
    database = await opener.open()
    await add_run(database)
    assert database.write_fault is None
    with pytest.raises(Unavailable, match="full"):
        for _ in range(100):
            await database.log.append([event(payload={"run_id": "r", "text": "x" * 60_000}, type_="strategy.Log")])
    assert "full" in (database.write_fault or "")
    await database.ping()
    assert database.write_fault is not None  # what only reads says nothing about it
    await add_run(database)  # small enough for what room is left
    assert database.write_fault is None
