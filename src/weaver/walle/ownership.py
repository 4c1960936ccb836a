"""Who owns a SQLite file: one process at a time."""

import fcntl
import os
from pathlib import Path
from typing import IO

from weaver.model.errors import InputError


class FileLock:
    """An advisory lock on a file beside the database. The system releases it when its process dies, however."""

    def __init__(self, path: Path, server: str) -> None:
        """Take it if it is free, and keep it until `release`. `server` names this process to whoever reads the file.

        Raises InputError where the file cannot be written.
        """
        self._file: IO[bytes] | None = None
        try:
            file = path.open("ab")
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {os.strerror(error.errno or 0)}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
        else:
            file.truncate(0)
            file.write(server.encode())
            file.flush()
            self._file = file

    @property
    def is_held(self) -> bool:
        """Whether it was free."""
        return self._file is not None

    def release(self) -> None:
        """Let the next one have it; the file stays, since removing it would let two processes lock two files."""
        if self._file is not None:
            self._file.close()
            self._file = None
