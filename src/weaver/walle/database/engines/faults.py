"""What the databases' drivers raise, as errors that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import exc

from weaver.model.errors import Conflict, InputError, ReadOnly, Unavailable, WeaverError
from weaver.walle.database.engines.ownership import SUPERSEDED, SUPERSEDED_STATE


class OutcomeUnknown(Unavailable):
    """The connection was lost during a commit: all of it was kept, or nothing. Look before you repeat it."""


class NotLetIn(Unavailable):
    """The database is there, and this user may not use it, or it is gone. At a start that is for the user to mend; from
    then on it is as away as any."""


_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CORRUPT,
    }
)
_POSTGRESQL_AWAY = (
    "08",  # connection exceptions
    "53",  # out of connections, memory or disk
    "57",  # shut down, cancelled, cannot connect now
    "58",  # system errors
    "40",  # deadlock and serialization: the transaction was undone and may be tried again
    "55P03",  # a lock was not free in time
    "25P03",  # idle in a transaction for too long
    "25006",  # a standby, as after a failover: not to be written to
)
_POSTGRESQL_REFUSED = ("28", "3D", "42501")
"""A wrong user or password, no such database, a right that is missing."""
BROKEN = (
    OSError,
    TimeoutError,
    EOFError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # cut off between two messages
)
"""What a connection raises that is gone, besides the server's own errors."""
_LOST = (*BROKEN, exc.TimeoutError, exc.ResourceClosedError)


@contextmanager
def translated() -> Iterator[None]:
    """Raises Unavailable where the database does not answer or cannot work now, Conflict where a row is there already,
    InputError where a value cannot be stored. Everything else is a mistake of ours, and passes."""
    try:
        yield
    except WeaverError:
        raise
    except (
        exc.SQLAlchemyError,
        asyncpg.PostgresError,
        sqlite3.Error,
        *_LOST,
        UnicodeEncodeError,
        OverflowError,
    ) as error:
        known = fault(error)
        if known is None:
            raise
        raise known from error


@contextmanager
def at_start() -> Iterator[None]:
    """Raises InputError where the database does not let Weaver in."""
    try:
        yield
    except NotLetIn as error:
        raise InputError(str(error)) from error


@contextmanager
def of_file(path: Path) -> Iterator[None]:
    """Has errors name the database file."""
    try:
        yield
    except (InputError, Unavailable) as error:
        raise error.reworded(f"{path}: {error}; is it Weaver's database, and may this user write to it?") from error


def fault(error: BaseException) -> WeaverError | None:
    """The error to raise instead, or None."""
    cause = _origin(error)
    if isinstance(cause, WeaverError):
        return cause  # a value refused on its way into a statement
    if isinstance(cause, UnicodeEncodeError | OverflowError):
        return InputError(f"a value cannot be stored: {cause}")
    if isinstance(cause, sqlite3.Error):
        return _sqlite_fault(cause)
    if isinstance(cause, asyncpg.PostgresError):
        return _postgresql_fault(cause)
    if isinstance(cause, asyncpg.DataError):
        return InputError(f"a value cannot be stored: {_line(cause)}")
    if isinstance(cause, _LOST) or (isinstance(error, exc.DBAPIError) and error.connection_invalidated):
        return Unavailable(f"the database does not answer: {_line(cause)}")
    return None


def _origin(error: BaseException) -> BaseException:
    """The driver's own error, under SQLAlchemy's and its adapter's."""
    if isinstance(error, exc.StatementError) and error.orig is not None:
        inner = error.orig
        driver = None if isinstance(inner, WeaverError) else inner.__cause__
        return driver if isinstance(driver, Exception) else inner
    return error


def _sqlite_fault(error: sqlite3.Error) -> WeaverError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by the module itself: a closed connection, a value of a kind it does not know
        return InputError(f"a value cannot be stored: {_line(error)}") if isinstance(error, sqlite3.DataError) else None
    if isinstance(error, sqlite3.IntegrityError):
        if code == sqlite3.SQLITE_CONSTRAINT_NOTNULL:
            return InputError(f"a value is missing: {_line(error)}")
        return Conflict(f"the database refused a row: {_line(error)}")
    if code & 0xFF == sqlite3.SQLITE_NOTADB:
        return InputError(f"the database file cannot be used: {_line(error)}")
    if code & 0xFF in _SQLITE_AWAY:
        return Unavailable(f"the database cannot work now: {_line(error)}")
    return None


def _postgresql_fault(error: asyncpg.PostgresError) -> WeaverError | None:
    state = error.sqlstate or ""
    if state == SUPERSEDED_STATE:
        return ReadOnly(SUPERSEDED)
    if state == "23502":
        return InputError(f"a value is missing: {_line(error)}")
    if state.startswith("23"):
        return Conflict(f"the database refused a row: {_line(error)}")
    if state.startswith("22"):
        return InputError(f"a value cannot be stored: {_line(error)}")
    if state.startswith(_POSTGRESQL_REFUSED):
        return NotLetIn(f"the database does not let Weaver in: {_line(error)}; is DB_URL right?")
    if state.startswith(_POSTGRESQL_AWAY):
        return Unavailable(f"the database cannot work now: {_line(error)}")
    return None


def _line(error: BaseException) -> str:
    """The first line of an error's text; its kind where it has none."""
    return (str(error).splitlines() or [type(error).__name__])[0] or type(error).__name__
