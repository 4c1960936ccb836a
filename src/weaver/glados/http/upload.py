"""Files that clients send, put where they can be read: under a name of ours, and no larger than allowed.

They lie in the folder of temporary files, which the root has set to one of Weaver's own; what the framework spools of a
request's body lies there too, without a name.
"""

import gzip
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO

import structlog

from weaver.glados.http.errors import BodyTooLarge, cannot_keep
from weaver.model.errors import DataError, Unavailable

_PREFIX = "weaver-upload-"
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_NAME_MAX = 100

_log = structlog.get_logger("weaver.upload")


def remove_leftovers(folder: Path) -> None:
    """Remove the uploads of a server that was killed. Files of other names are nobody's business."""
    for path in folder.glob(f"{_PREFIX}*"):
        try:
            path.unlink()
        except OSError as error:
            _log.warning("an upload was left behind", path=str(path), reason=error.strerror)


def removed(name: str) -> Unavailable:
    """What to say where somebody else has removed a kept upload."""
    return Unavailable(f"{name}: it was removed from {tempfile.gettempdir()} before it was read: send it again")


def shown_name(name: str | None) -> str:
    """A client's name for a file as it can be shown and kept: its last part, printable. Never used as a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:_NAME_MAX].strip() or "the file"


def kept_upload(file: BinaryIO, *, name: str, bytes_max: int) -> Path:
    """A temporary file with the upload's content, unpacked where it is gzip; its caller removes it.

    name: for errors. Raises BodyTooLarge past `bytes_max` (unpacked bytes count), DataError for broken gzip, and
    Unavailable where the disk does not take it.
    """
    file.seek(0)
    packed = file.read(2) == _GZIP
    file.seek(0)
    try:
        with tempfile.NamedTemporaryFile("w+b", prefix=_PREFIX, delete=False) as target:
            path = Path(target.name)
            try:
                source = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
                _copy(source, target, name=name, bytes_max=bytes_max)
                _check_zip(target, name=name, bytes_max=bytes_max)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{name}: this is not a whole gzip file: {error}") from error
    except OSError as error:
        raise cannot_keep(error) from error
    return path


def _check_zip(file: "IO[bytes]", *, name: str, bytes_max: int) -> None:
    """Raises BodyTooLarge where a zip says that it unpacks to more than is allowed; no more than it says is read."""
    file.flush()
    file.seek(0)
    if file.read(len(_ZIP)) != _ZIP:
        return
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile as error:
        raise DataError(f"{name}: this is not a whole zip file: {error}") from error
    if size > bytes_max:
        raise BodyTooLarge(bytes_max, unpacked=name)


def _copy(source: BinaryIO | gzip.GzipFile, target: "IO[bytes]", *, name: str, bytes_max: int) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        if size == 0 and chunk[:2] == _GZIP:
            raise DataError(f"{name}: packed twice: unpack it once")
        size += len(chunk)
        if size > bytes_max:
            raise BodyTooLarge(bytes_max, unpacked=name if isinstance(source, gzip.GzipFile) else None)
        target.write(chunk)
