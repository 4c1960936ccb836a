"""Where the database is: what DB_URL says, taken apart."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from weaver.model.errors import InputError

FILE_NAME = "weaver.db"
_FORMS = "sqlite+aiosqlite:///path/to/file.db, postgresql+asyncpg://user:password@host/database, or memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class InMemory:
    """Nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InFile:
    """An embedded SQLite file."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OnServer:
    """A database of a PostgreSQL server."""

    url: URL


Address = InMemory | InFile | OnServer


def parse_address(url: str | None, home: Path) -> Address:
    """What a DB_URL means; unset or empty is `weaver.db` in `home`. Raises InputError, without the password."""
    if not url:
        return InFile(path=home / FILE_NAME)
    if url == "memory":
        return InMemory()
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InputError(f"DB_URL cannot be read; it is {_FORMS}") from error
    match parsed.drivername:
        case "sqlite+aiosqlite" | "sqlite" if parsed.database and parsed.database != ":memory:":
            return InFile(path=Path(parsed.database))
        case "postgresql+asyncpg" | "postgresql" if parsed.port is not None and not 0 < parsed.port < 65536:
            raise InputError(f"DB_URL names port {parsed.port}: ports lie between 1 and 65535")
        case "postgresql+asyncpg" | "postgresql" if parsed.database:
            return OnServer(url=parsed.set(drivername="postgresql+asyncpg"))
        case _:
            raise InputError(f"DB_URL {parsed.render_as_string()!r} cannot be used; it is {_FORMS}")


def make_folder_of(path: Path) -> None:
    """The folder of a database file, where it is not there yet. Raises InputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{path.parent}: cannot be made a folder: {error.strerror}; set WEAVER_HOME or DB_URL to a place of yours"
        ) from error
