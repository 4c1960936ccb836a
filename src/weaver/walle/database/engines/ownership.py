"""Who owns a SQLite file, or a home: one process at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from weaver.model.errors import InputError
from weaver.walle.own_file import open_own


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
