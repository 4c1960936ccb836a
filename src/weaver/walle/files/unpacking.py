"""Files as they come: plain, packed by gzip, or alone in a zip."""

import gzip
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from weaver.model.errors import DataError
from weaver.walle.files.unreadable import unreadable

_BEGIN = 1 << 20
"""Bytes in which the header must be."""
_WORKBOOK = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class Packing(StrEnum):
    """How a file's bytes are packed."""

    NONE = "none"
    GZIP = "gzip"
    ZIP = "zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file, and how to read what is in it."""

    path: Path
    packing: Packing
    member: str | None = None
    """The one file in a zip."""

    @classmethod
    def of(cls, path: Path) -> "Packed":
        """By how it begins. Raises InputError where it cannot be read, and DataError where a zip has no one file."""
        try:
            with path.open("rb") as file:
                begin = file.read(4)
        except OSError as error:
            raise unreadable(path, error) from error
        if begin[:2] == b"\x1f\x8b":
            return cls(path=path, packing=Packing.GZIP)
        if begin == _OLD_WORKBOOK:
            raise DataError(f"{path}: this is an Excel workbook: save its sheet as CSV")
        if begin in {b"PK\x03\x04", b"PK\x05\x06"}:
            return cls(path=path, packing=Packing.ZIP, member=_member(path))
        return cls(path=path, packing=Packing.NONE)

    @property
    def inner_name(self) -> str:
        """What the file is called that is read: in a zip, the one in it."""
        return self.path.name if self.member is None else Path(self.member).name

    def head(self) -> bytes:
        """Its first bytes, unpacked. Raises InputError."""
        try:
            with self.open() as file:
                return file.read(_BEGIN)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
            raise unreadable(self.path, error) from error

    def open(self) -> io.BufferedIOBase:
        """Its bytes, unpacked."""
        match self.packing:
            case Packing.GZIP:
                return gzip.open(self.path)
            case Packing.ZIP:
                return io.BytesIO(self._unzipped())
            case _:
                return self.path.open("rb")

    def stream(self) -> pa.NativeFile:
        """The same bytes for Arrow, which reads ahead in threads of its own. A file of Python's must not be handed to
        those: one that still waits for the interpreter's lock when the interpreter ends takes the process down."""
        if self.packing is Packing.ZIP:
            return pa.BufferReader(self._unzipped())
        return pa.input_stream(str(self.path), compression="gzip" if self.packing is Packing.GZIP else None)

    def _unzipped(self) -> bytes:
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self.member or "")
        except (RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            raise unreadable(self.path, error) from error


def _member(path: Path) -> str:
    """The one file in a zip. Raises DataError that lists them where there is none, or are several."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise unreadable(path, error) from error
    if any(name in _WORKBOOK for name in names) or path.suffix.lower() in {".xlsx", ".xlsm", ".ods"}:
        raise DataError(f"{path}: this is a workbook of Excel's kind: save its sheet as CSV")
    names = [name for name in names if not name.startswith("__MACOSX/") and not Path(name).name.startswith(".")]
    if len(names) != 1:
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        raise DataError(
            f"{path}: the zip has {len(names) or 'no'} files{f' ({listed})' if names else ''}: it must be one"
        )
    return names[0]
