"""One connection to PostgreSQL for what lasts: hearing of new events, and owning the database."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import asyncpg
import structlog

from weaver.events.log.waiting import Wait, end_task
from weaver.model.errors import ReadOnly, Unavailable
from weaver.walle.database.engines.faults import BROKEN, fault, translated
from weaver.walle.database.engines.ownership import CLAIM, EPOCH, SUPERSEDED, Told

CONNECT_SECONDS = 2.5
"""How long a connection may take: a request is to be answered quickly when the server is away."""
PROBE_SECONDS = 2.0
RETRY_SECONDS = 0.5
TAKE_OVER_SECONDS = 3.0
"""How long a starting server tries to become the owner: the one before may just have died."""
CHANNEL = "weaver_outbox"
OWNER_KEY = 8602275183457037172
"""The advisory lock of who owns trading."""

CLAIM_TRIES = 3
CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE relation = 'epochs'::regclass AND mode = 'RowShareLock' AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""Ends the connections of those who are about to change something as the owner before."""

_log = structlog.get_logger(__name__)


class ServerLink:
    """Listens for NOTIFY and holds the owner's lock; connects again by itself after a loss.

    Who was the owner once tries to become it again; who found another one when it opened stays read-only.
    """

    def __init__(self, options: Mapping[str, Any], *, application_name: str, wait: Wait) -> None:
        """options: where the server is, as asyncpg takes it. application_name: this process's alone."""
        self._options = options
        self._application_name = application_name
        self._wait = wait
        self._connection: Any = None
        self._signal = asyncio.Event()
        self._never = asyncio.Event()
        self._news: Callable[[], None] = _nobody
        self._owners: list[Told] = []
        self._task: asyncio.Task[None] | None = None
        self._is_entitled = False
        self._is_taken = False
        """Asked for the lock, and another server had it."""
        self._is_superseded = False
        """Another server has owned the database since: what this one knows of trading is out of date."""
        self.is_owner = False
        self.epoch: int | None = None
        """This owner's, for good."""

    def on_news(self, callback: Callable[[], None]) -> None:
        """Have `callback` called when there may be new events."""
        self._news = callback

    def on_ownership(self, callback: Told) -> None:
        """Have `callback` called when ownership is lost or regained."""
        self._owners.append(callback)

    def check_owner(self) -> None:
        """Raises Unavailable while a lost lock is being regained, Conflict where another server has it."""
        if self.is_owner and not self._is_lost():
            return
        if self._is_superseded:
            raise ReadOnly(SUPERSEDED)
        if self._is_entitled and not self._is_taken:
            raise Unavailable("the connection that holds the database's ownership was lost and is being regained")
        raise ReadOnly(
            "this server is read-only: another one owns the database; stop that one and start this one again, "
            "or give this one a database of its own (DB_URL)"
        )

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Where the database says that another server took over, this one is not the owner any more."""
        try:
            yield
        except (ReadOnly, asyncpg.PostgresError) as error:
            if isinstance(fault(error), ReadOnly):
                self._supersede()
            raise

    async def open(self) -> None:
        """Connect, and become the owner if nobody is. Raises Unavailable."""
        with translated():
            await self._connect()
            for _ in range(int(TAKE_OVER_SECONDS / RETRY_SECONDS)):
                if await self._try_lock():
                    break
                await self._wait(self._never, RETRY_SECONDS)
        self._is_entitled = self.is_owner
        self._task = asyncio.create_task(self._keep(), name="server-link")

    async def close(self) -> None:
        """Stop listening, and let another server own the database."""
        if self._task is not None:
            await end_task(self._task)
        self.is_owner = False
        await self._disconnect()

    async def _keep(self) -> None:
        while True:
            await self._wait(self._signal, PROBE_SECONDS if not self._is_lost() else RETRY_SECONDS)
            self._signal.clear()
            try:
                with translated():
                    await self._mend()
            except Unavailable as error:
                _log.warning("database_link_lost", error=str(error))
                await self._lose()
            except Exception:  # noqa: BLE001 - the outermost edge: the link must come back whatever happened
                _log.exception("database_link_failed")
                await self._lose()

    async def _mend(self) -> None:
        if self._is_lost():
            await self._lose()
            await self._connect()
            self._news()  # what was announced meanwhile was not heard
        else:
            await self._connection.fetchval("SELECT 1")
        if self._is_entitled and not self._is_superseded and not self.is_owner and await self._try_lock():
            self._tell(True)

    def _is_lost(self) -> bool:
        return self._connection is None or self._connection.is_closed()

    async def _lose(self) -> None:
        if self.is_owner:
            self.is_owner = False
            self._tell(False)
        self._is_taken = False
        await self._disconnect()

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            **self._options,
            timeout=CONNECT_SECONDS,
            command_timeout=CONNECT_SECONDS,
            server_settings={"application_name": self._application_name},
        )
        self._connection = connection
        connection.add_termination_listener(self._on_loss)
        # Where the network cut a connection off silently, the server may still hold our own lock for it.
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE application_name = '{self._application_name}' AND pid <> pg_backend_pid()"
        )
        await connection.add_listener(CHANNEL, lambda *_: self._news())

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=CONNECT_SECONDS)
            except (asyncpg.PostgresError, *BROKEN):
                connection.terminate()

    async def _try_lock(self) -> bool:
        self._is_taken = not await self._connection.fetchval(f"SELECT pg_try_advisory_lock({OWNER_KEY})")
        if self._is_taken:
            return False
        if self.epoch is None:
            self.epoch = await self._claim()
        elif await self._connection.fetchval(EPOCH) != self.epoch:
            self._supersede()
            await self._connection.execute(f"SELECT pg_advisory_unlock({OWNER_KEY})")
            return False
        self.is_owner = True
        return True

    async def _claim(self) -> int:
        """Begin this owner's epoch, once no change of the one before is under way: one that does not end, since its
        server was paused in its midst, is cut off."""
        for _ in range(CLAIM_TRIES):
            try:
                async with self._connection.transaction():
                    await self._connection.execute("SET LOCAL lock_timeout = '1s'")
                    return int(await self._connection.fetchval(CLAIM))
            except asyncpg.LockNotAvailableError:
                await self._connection.execute(CUT_OFF)
        raise Unavailable("a change of the server that owned the database before does not end")

    def _supersede(self) -> None:
        self._is_superseded = True
        if self.is_owner:
            self.is_owner = False
            self._tell(False)

    def _on_loss(self, _connection: object) -> None:
        self._signal.set()

    def _tell(self, is_owner: bool) -> None:
        _log.warning("database_ownership_changed", is_owner=is_owner)
        for callback in self._owners:
            callback(is_owner)


def _nobody() -> None:
    """Heard by no one, until the log is there."""
