"""Files as they come: plain, packed by gzip, bzip2 or xz, or alone in a zip; and text that is not written in UTF-8."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from weaver.model.errors import DataError
from weaver.walle.files.text_encoding import WINDOWS, as_utf8, encoding_of
from weaver.walle.files.unreadable import unreadable

_BEGIN = 1 << 20
"""Bytes in which the header must be."""
_WORKBOOK = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class Packing(StrEnum):
    """How a file's bytes are packed."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZIP = "zip"


BROKEN = (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What unpacking raises where the bytes are not what they should be."""
_PACKED_BY = ((b"\x1f\x8b", Packing.GZIP), (b"BZh", Packing.BZIP2), (b"\xfd7zX", Packing.XZ))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file, and how to read what is in it."""

    path: Path
    packing: Packing
    member: str | None = None
    """The one file in a zip."""
    encoding: str | None = None
    """How its text is written, where that is not UTF-8 with line feeds."""

    @classmethod
    def of(cls, path: Path) -> "Packed":
        """By how it begins. Raises InputError where it cannot be read, and DataError where a zip has no one file."""
        try:
            with path.open("rb") as file:
                begin = file.read(4)
        except OSError as error:
            raise unreadable(path, error) from error
        packing = next((packing for mark, packing in _PACKED_BY if begin.startswith(mark)), Packing.NONE)
        if begin == _OLD_WORKBOOK:
            raise DataError(f"{path}: this is an Excel workbook: save its sheet as CSV")
        if begin in {b"PK\x03\x04", b"PK\x05\x06"}:
            packed = cls(path=path, packing=Packing.ZIP, member=_member(path))
        else:
            packed = cls(path=path, packing=packing)
        return replace(packed, encoding=encoding_of(packed.head()))

    @property
    def inner_name(self) -> str:
        """What the file is called that is read: in a zip, the one in it."""
        return self.path.name if self.member is None else Path(self.member).name

    def head(self) -> bytes:
        """Its first bytes, unpacked, as UTF-8 with line feeds. Raises InputError or DataError."""
        try:
            with self.open() as file:
                return file.read(_BEGIN)
        except BROKEN as error:
            raise unreadable(self.path, error) from error

    @property
    def notes(self) -> list[str]:
        """What is to be said of how its text is written."""
        if self.encoding != WINDOWS:
            return []
        return [f"{self.path}: the text is not UTF-8: read as Windows-1252, as Excel writes it in the west"]

    def open(self) -> io.BufferedIOBase:
        """Its bytes, unpacked, as UTF-8 with line feeds."""
        return self._opened() if self.encoding is None else io.BytesIO(self._rewritten())

    def stream(self) -> pa.NativeFile:
        """The same bytes for Arrow, which reads ahead in threads of its own. A file of Python's must not be handed to
        those: one that still waits for the interpreter's lock when the interpreter ends takes the process down."""
        if self.encoding is not None:
            return pa.BufferReader(self._rewritten())
        match self.packing:
            case Packing.NONE:
                return pa.input_stream(str(self.path), compression=None)
            case Packing.GZIP:
                return pa.input_stream(str(self.path), compression="gzip")
            case _:
                return pa.BufferReader(self._bytes())

    def _opened(self) -> io.BufferedIOBase:
        match self.packing:
            case Packing.GZIP:
                return gzip.open(self.path)
            case Packing.BZIP2:
                return bz2.open(self.path)
            case Packing.XZ:
                return lzma.open(self.path)
            case Packing.ZIP:
                return io.BytesIO(self._unzipped())
            case _:
                return self.path.open("rb")

    def _bytes(self) -> bytes:
        try:
            with self._opened() as file:
                return file.read()
        except BROKEN as error:
            raise unreadable(self.path, error) from error

    def _unzipped(self) -> bytes:
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self.member or "")
        except BROKEN as error:
            raise unreadable(self.path, error) from error

    def _rewritten(self) -> bytes:
        """All of it, as UTF-8 with line feeds."""
        return as_utf8(self._bytes(), self.encoding or "utf-8", str(self.path))


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
            f"{path}: the zip has {len(names) or 'no'} files{f' ({listed})' if names else ''}: it must be one: unpack "
            "it, and give the files"
        )
    return names[0]
