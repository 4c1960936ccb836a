"""Who owns a SQLite file: one process at a time."""

import fcntl
import os
from pathlib import Path
from typing import IO

from weaver.model.errors import InputError


class FileLock:
    """An advisory lock on a file beside the database. The system releases it when its process dies, however."""

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
        try:
            file = self._path.open("ab")
        except OSError as error:
            raise InputError(f"{self._path}: cannot be written: {os.strerror(error.errno or 0)}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        except OSError as error:
            file.close()
            raise InputError(f"{self._path}: cannot be locked: {error.strerror}; keep it on a local disk") from error
        file.truncate(0)
        file.write(self._server.encode())
        file.flush()
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
