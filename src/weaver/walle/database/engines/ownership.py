"""Who owns a database, or a home: one process at a time.

Whoever becomes a database's owner begins an epoch, which it writes into the table `epochs`. Each of its changes
compares it within its own transaction: an owner that was paused, or cut off, while another one took over changes
nothing more.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from weaver.model.errors import InputError
from weaver.walle.own_file import open_own

EPOCH = "SELECT epoch FROM epochs WHERE scope = 'trading'"
CLAIM = (
    "INSERT INTO epochs (scope, epoch) VALUES ('trading', 1) "
    "ON CONFLICT (scope) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch"
)
SUPERSEDED_STATE = "WV001"
"""What `weaver_fence` raises on PostgreSQL (migration 0005)."""
SUPERSEDED = (
    "this server is read-only: another one has owned the database since this one was paused or cut off; "
    "start this one again"
)
Told = Callable[[bool], None]


class FileLock:
    """An advisory lock on a file beside what is owned. The system releases it when its process dies, however."""

    def __init__(self, path: Path, server: str) -> None:
        """`server` names this process to whoever reads the file."""
        self._path, self._server = path, server
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take it if it is free, and keep it until `release`. Returns whether this process has it.

        Raises InputError where the file cannot be written.
        """
        if self._file is not None:
            return True
        file = open_own(self._path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        except OSError as error:
            file.close()
            raise InputError(f"{self._path}: cannot be locked: {error.strerror}; keep it on a local disk") from error
        with suppress(OSError):  # its name is for people only: on a full disk the lock is as good without
            file.truncate(0)
            os.pwrite(file.fileno(), self._server.encode(), 0)
        self._file = file
        return True

    @property
    def is_held(self) -> bool:
        """Whether this process has it."""
        return self._file is not None

    def release(self) -> None:
        """Let the next one have it; the file stays, since removing it would let two processes lock two files."""
        if self._file is not None:
            self._file.close()
            self._file = None
