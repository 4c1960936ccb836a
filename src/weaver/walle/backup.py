"""A consistent copy of a store, while a server may be writing to it."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

from sqlalchemy import URL

from weaver.model.errors import InputError
from weaver.walle.bars.store import LOCK_SECONDS, ParquetBarStore
from weaver.walle.database.engines.address import FILE_NAME, InFile, InMemory, OnServer, parse_address
from weaver.walle.file_lock import locked

BARS = "bars"
STRATEGIES = "strategies"


Tell = Callable[[str], None]
Lock = Callable[[], AbstractContextManager[None]]


async def backup(
    url: str | None,
    home: Path,
    target: Path,
    with_bars: bool = True,
    *,
    lock_seconds: float = LOCK_SECONDS,
    on_wait: Tell = lambda _told: None,
) -> list[str]:
    """Copy the database, the strategies and the bars of `home` into the new folder `target`, then a home of its own.

    The database is copied as of one moment, by SQLite's online backup; the bars as of one moment, imports waiting
    meanwhile; what of them is damaged is copied as it is, and returned, a line each. The folder appears complete or not
    at all. Raises InputError where it is there already, cannot be written, or there is nothing that could be copied:
    `memory`, and a PostgreSQL server, whose own tool does it; and Unavailable where bars are written for longer than
    `lock_seconds`. on_wait: is told, once, who writes them.
    """
    match parse_address(url, home):
        case InMemory():
            raise InputError("DB_URL is memory: nothing is kept, so there is nothing to copy")
        case OnServer(url=server):
            raise InputError(_by_its_own_tool(server, home, target))
        case InFile(path=path):
            lock = partial(
                locked, home / BARS / ".lock", what="the bar store", seconds=lock_seconds, shared=True, on_wait=on_wait
            )
            return await asyncio.to_thread(_copy, path, home, target, lock if with_bars else None)


def _by_its_own_tool(url: URL, home: Path, target: Path) -> str:
    """How a PostgreSQL server's database is copied; its URL as that one's tools take it, without the password."""
    plain = URL.create(
        "postgresql", username=url.username, host=url.host, port=url.port, database=url.database, query=url.query
    )
    return (
        f"the database is on a PostgreSQL server, whose own tool copies it: "
        f"pg_dump --format=custom --file={target}.dump '{plain.render_as_string()}' "
        f"(and copy the folders {home / STRATEGIES} and {home / BARS})"
    )


def _copy(database: Path, home: Path, target: Path, lock: Lock | None) -> list[str]:
    """lock: of the bars; None: they are left out."""
    _check(database, home, target)
    unfinished = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        unfinished.mkdir(parents=True, mode=0o700)  # what runs and strategies say is its user's alone
        _copy_database(database, unfinished / FILE_NAME)
        if (home / STRATEGIES).is_dir():
            shutil.copytree(home / STRATEGIES, unfinished / STRATEGIES, ignore=shutil.ignore_patterns("__pycache__"))
        if lock is not None and (home / BARS).is_dir():
            _copy_bars(home / BARS, unfinished / BARS, lock)
        for path in unfinished.rglob("*"):
            _sync(path)
        _sync(unfinished)
        unfinished.rename(target)
        _sync(target.parent)
        series = ParquetBarStore(target / BARS).listing(bytes_max=None)
        return [one.damaged for one in series if one.damaged is not None]
    except (OSError, sqlite3.Error) as error:
        raise InputError(f"{target}: could not be written: {error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # what is left of a copy that failed


def _check(database: Path, home: Path, target: Path) -> None:
    """Raises InputError where there is nothing to copy, or no place for it."""
    if not database.exists():
        raise InputError(f"{database}: there is no database to copy yet")
    if target.exists():
        raise InputError(f"{target}: is there already; name a folder that is not")
    for folder in (home / STRATEGIES, home / BARS):
        if target.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{target}: lies in {folder}, which is copied itself; name a folder elsewhere")


def _copy_database(source: Path, target: Path) -> None:
    """One read transaction from the first page to the last; writers go on beside it."""
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
        if verdict != "ok":
            raise InputError(f"{source}: is damaged, and so is its copy: {verdict}")
    _sync(target)


def _copy_bars(source: Path, target: Path, lock: Lock) -> None:
    """All symbols as of one moment: whoever writes bars waits for the lock."""
    with lock():
        shutil.copytree(source, target, ignore=_left_out)


def _left_out(folder: str, names: list[str]) -> list[str]:
    """The lock; and what is neither file nor folder, which stands in the place of something that is lost."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if name == ".lock" or not (path.is_file() or path.is_dir())]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
