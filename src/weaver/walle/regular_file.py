"""Opening what ought to be a file, and may be anything."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weaver.model.errors import Damaged


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor to read from. Raises FileNotFoundError, and Damaged for whatever else is no file that can be read:
    a folder, a pipe (which nobody may write to), a link in a circle, a file of somebody else's."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Damaged(f"{path} is not a file")
        yield descriptor
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise Damaged(f"{path} cannot be read: {error.strerror or error}") from error
    finally:
        os.close(descriptor)


def read_small_file(path: Path, bytes_max: int) -> bytes:
    """All of a small file. Raises as `opened` does, and Damaged where it is larger than it can be."""
    with opened(path) as descriptor:
        size = os.fstat(descriptor).st_size
        if size > bytes_max:
            raise Damaged(f"{path} is larger than {bytes_max:,} bytes")
        read, rest = os.read(descriptor, size), size
        parts = [read]
        while read and (rest := rest - len(read)):
            parts.append(read := os.read(descriptor, rest))
        return b"".join(parts)
