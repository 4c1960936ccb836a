"""Files that Weaver makes for itself: never somebody else's that a link leads to."""

import errno
import os
import stat
from pathlib import Path
from typing import IO

from weaver.model.errors import InputError


def open_own(path: Path) -> IO[bytes]:
    """The file, made where there is none, to read and write; its content is left alone.

    Raises InputError where it is no plain file of this one name, since what is written would land elsewhere, and where
    it cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError(
                f"{path}: is a link to {_target(path)}, which is not Weaver's to write: remove it"
            ) from error
        raise InputError(f"{path}: cannot be written: {os.strerror(error.errno or 0)}") from error
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        return os.fdopen(handle, "r+b")
    os.close(handle)
    kind = "has other names too" if stat.S_ISREG(found.st_mode) else "is no plain file"
    raise InputError(f"{path}: {kind}, so it is not Weaver's to write: remove it")


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return "another file"
