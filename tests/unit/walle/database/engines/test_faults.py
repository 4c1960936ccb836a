"""Which error of a driver becomes which of ours."""

import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import exc

from weaver.model.errors import Conflict, InputError, Unavailable, WeaverError
from weaver.walle.database.engines.faults import NotLetIn, at_start, fault, translated
from weaver.walle.database.engines.ownership import FileLock


def of_sqlite(kind: type[sqlite3.Error], code: int) -> sqlite3.Error:
    error = kind("told by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (asyncpg.ConnectionDoesNotExistError("gone"), Unavailable),
        (asyncpg.AdminShutdownError("bye"), Unavailable),
        (asyncpg.CannotConnectNowError("starting"), Unavailable),
        (asyncpg.TooManyConnectionsError("full"), Unavailable),
        (asyncpg.DiskFullError("full"), Unavailable),
        (asyncpg.DeadlockDetectedError("dead"), Unavailable),
        (asyncpg.LockNotAvailableError("busy"), Unavailable),
        (asyncpg.InterfaceError("connection is closed"), Unavailable),
        (asyncpg.UniqueViolationError("twice"), Conflict),
        (asyncpg.ForeignKeyViolationError("nobody"), Conflict),
        (asyncpg.NotNullViolationError("null"), InputError),
        (asyncpg.CharacterNotInRepertoireError("NUL"), InputError),
        (asyncpg.NumericValueOutOfRangeError("big"), InputError),
        (asyncpg.InvalidPasswordError("who?"), NotLetIn),
        (asyncpg.InvalidCatalogNameError("no such database"), NotLetIn),
        (asyncpg.InsufficientPrivilegeError("not yours"), NotLetIn),
        (asyncpg.ReadOnlySQLTransactionError("a standby"), Unavailable),
        (asyncpg.UndefinedTableError("a mistake of ours"), None),
        (of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_BUSY), Unavailable),
        (of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_BUSY_SNAPSHOT), Unavailable),
        (of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_FULL), Unavailable),
        (of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_IOERR_FSYNC), Unavailable),
        (of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_ERROR), None),
        (of_sqlite(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_UNIQUE), Conflict),
        (of_sqlite(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_NOTNULL), InputError),
        (of_sqlite(sqlite3.DatabaseError, sqlite3.SQLITE_NOTADB), InputError),
        (sqlite3.DataError("too big"), InputError),
        (sqlite3.ProgrammingError("a mistake of ours"), None),
        (ConnectionRefusedError("refused"), Unavailable),
        (TimeoutError(), Unavailable),
        (exc.TimeoutError("the pool is empty"), Unavailable),
        (OverflowError("int too large"), InputError),
        (exc.InvalidRequestError("a mistake of ours"), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else getattr(value, "__name__", "passes"),
)
def test_a_drivers_error_becomes_ours_alone_and_wrapped(error: Exception, becomes: type[WeaverError] | None) -> None:
    told = fault(error)
    assert (None if told is None else type(told)) is becomes
    if not isinstance(error, exc.SQLAlchemyError):
        wrapped = fault(exc.StatementError("wrapped", "SELECT 1", None, error))
        assert (None if wrapped is None else type(wrapped)) is becomes
    if told is not None:
        assert "\n" not in str(told)
        with pytest.raises(type(told)), translated():
            raise error


def test_a_mistake_of_ours_passes_as_it_is() -> None:
    with pytest.raises(asyncpg.UndefinedTableError), translated():
        raise asyncpg.UndefinedTableError("no such table")


def test_a_connection_found_broken_is_unavailable() -> None:
    error = exc.DBAPIError("SELECT 1", None, Exception("odd"), connection_invalidated=True)
    assert isinstance(fault(error), Unavailable)


def test_a_lock_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        FileLock(tmp_path / "nowhere" / "lock", "me").take()


def test_a_lock_file_has_one_owner_and_names_it(tmp_path: Path) -> None:
    first, second, third = (FileLock(tmp_path / "lock", name) for name in ("first", "second", "3"))
    assert (first.take(), first.take(), second.take()) == (True, True, False)
    assert (first.is_held, second.is_held) == (True, False)
    assert (tmp_path / "lock").read_text() == "first"
    second.release()
    first.release()
    assert third.take()
    assert (tmp_path / "lock").read_text() == "3"
    third.release()


def test_a_user_who_is_not_let_in_is_told_at_the_start_and_later_finds_it_away() -> None:
    with pytest.raises(InputError, match="does not let Weaver in: who"), at_start(), translated():
        raise asyncpg.InvalidPasswordError("who?")
    with pytest.raises(Unavailable), translated():
        raise asyncpg.InvalidPasswordError("who?")
