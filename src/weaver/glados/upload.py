"""Files that clients send, put where they can be read: under a name of ours, and no larger than allowed."""

import gzip
import tempfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO

from weaver.glados.errors import BodyTooLarge
from weaver.model.errors import DataError, InputError

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_NAME_MAX = 100


def shown_name(name: str | None) -> str:
    """A client's name for a file as it can be shown and kept: its last part, printable. Never used as a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:_NAME_MAX].strip() or "the file"


def kept_upload(file: BinaryIO, *, name: str, bytes_max: int) -> Path:
    """A temporary file with the upload's content, unpacked where it is gzip; its caller removes it.

    name: for errors. Raises BodyTooLarge past `bytes_max` (unpacked bytes count), DataError for broken gzip, and
    InputError where the disk is full.
    """
    file.seek(0)
    packed = file.read(2) == _GZIP
    file.seek(0)
    try:
        with tempfile.NamedTemporaryFile(prefix="weaver-upload-", delete=False) as target:
            path = Path(target.name)
            try:
                _copy(
                    gzip.GzipFile(fileobj=file, mode="rb") if packed else file, target, name=name, bytes_max=bytes_max
                )
            except BaseException:
                path.unlink()
                raise
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{name}: this is not a whole gzip file: {error}") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be kept while it is read: {error.strerror}: make room") from error
    return path


def _copy(source: BinaryIO | gzip.GzipFile, target: "IO[bytes]", *, name: str, bytes_max: int) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        if size == 0 and chunk[:2] == _GZIP:
            raise DataError(f"{name}: packed twice: unpack it once")
        size += len(chunk)
        if size > bytes_max:
            raise BodyTooLarge(bytes_max)
        target.write(chunk)
