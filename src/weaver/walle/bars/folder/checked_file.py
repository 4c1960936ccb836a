"""Reading a stored Parquet file, of which no byte is looked at that is not the one that was written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from weaver.model.errors import Damaged
from weaver.model.market.bars import COLUMNS
from weaver.walle.bars.folder.bar_files import TIMES, Columns, room_for
from weaver.walle.bars.folder.checksums import FileChecks, check_size, filled
from weaver.walle.files.columns.arrow_columns import values_of
from weaver.walle.regular_file import opened

_AT_ONCE = 1 << 20
"""A file of so many bytes or fewer is read in one go; of a larger one a column of a row group at a time, so that its
bytes are still in the processor's cache when they are decoded."""
_MAGIC = b"PAR1"


class CheckedFile:
    """An open file of the store. Its checksums come from the record, so another file in its place is noticed too."""

    def __init__(self, path: Path, descriptor: int, checks: FileChecks) -> None:
        check_size(path, descriptor, checks)
        self._path, self._descriptor, self._checks = path, descriptor, checks
        self._window = _Window(checks.size)
        self._buffer = memoryview(b"")
        footer = len(checks.ends) - 1
        self._is_whole = checks.size <= _AT_ONCE
        self._load(range(footer + 1) if self._is_whole else range(footer, footer + 1))
        self._file = self._in_memory() if self._is_whole else self._in_pieces(*checks.piece(footer))

    def _in_memory(self) -> parquet.ParquetFile:
        """All of it is there: Arrow need not ask for each part of it."""
        return parquet.ParquetFile(pa.BufferReader(pa.py_buffer(self._window.between(0, self._checks.size))))

    def _in_pieces(self, begin: int, end: int) -> parquet.ParquetFile:
        """What is not there yet comes when it is wanted; its footer stands between `begin` and `end`."""
        footer = _MAGIC + bytes(self._window.between(begin, end))
        metadata = parquet.read_metadata(pa.BufferReader(footer))
        return parquet.ParquetFile(pa.PythonFile(self._window, mode="r"), metadata=metadata)

    def read(self, group: int, names: Sequence[str] = COLUMNS) -> Columns:
        """These columns of a row group; those of a small file are views on what Arrow has decoded. Raises Damaged."""
        if self._is_whole:
            return self._decoded(group, names)
        columns = room_for(self._checks.rows[group], names)
        self.read_into(columns, 0, group)
        return columns

    def read_into(self, columns: Columns, place: int, group: int) -> None:
        """Put a row group into `columns`, those that there are, from row `place` on. Raises Damaged."""
        rows = slice(place, place + self._checks.rows[group])
        if self._is_whole:
            for name, values in self._decoded(group, tuple(columns)).items():
                columns[name][rows] = values
            return
        for name in columns:
            piece = group * len(COLUMNS) + COLUMNS.index(name)
            self._load(range(piece, piece + 1))
            columns[name][rows] = self._decoded(group, (name,))[name]

    def _decoded(self, group: int, names: Sequence[str]) -> Columns:
        try:
            table = self._file.read_row_group(group, columns=list(names), use_threads=False)
            columns = {name: values_of(table.column(name), "i8" if name in TIMES else "f8") for name in names}
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            raise Damaged(f"{self._path} cannot be read: {str(error).splitlines()[0]}") from error
        rows = self._checks.rows[group]
        if any(len(values) != rows for values in columns.values()):
            raise Damaged(f"{self._path} has not the {rows:,} rows in its part {group + 1} that were written")
        return columns

    def _load(self, pieces: range) -> None:
        begin, end = self._checks.piece(pieces[0])[0], self._checks.piece(pieces[-1])[1]
        if len(self._buffer) < end - begin:
            self._buffer = np.empty(end - begin, dtype=np.uint8).data  # not filled with zeros first
        self._window.show(begin, filled(self._path, self._descriptor, self._checks, pieces, self._buffer))


@contextmanager
def checked(path: Path, checks: FileChecks) -> Iterator[CheckedFile]:
    """The file, open. Raises FileNotFoundError, and Damaged."""
    with opened(path) as descriptor:
        try:
            file = CheckedFile(path, descriptor, checks)
        except (pa.ArrowException, ValueError) as error:
            raise Damaged(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
        yield file


class _Window:
    """What Arrow takes for the file: the part of it that has been read and checked."""

    closed = False

    def __init__(self, size: int) -> None:
        self._size, self._place = size, 0
        self._begin, self._bytes = 0, memoryview(b"")

    def show(self, begin: int, content: memoryview) -> None:
        """Have these bytes, which stand at `begin`, in place of those before."""
        self._begin, self._bytes = begin, content

    def between(self, start: int, stop: int) -> memoryview:
        """Bytes that are in sight."""
        return self._bytes[start - self._begin : stop - self._begin]

    def seek(self, place: int, whence: int = 0) -> int:
        """As a file's."""
        self._place = place + (0, self._place, self._size)[whence]
        return self._place

    def tell(self) -> int:
        """As a file's."""
        return self._place

    def read(self, count: int = -1) -> memoryview:
        """As a file's, of what is in sight. Raises OSError for anything else."""
        start = self._place - self._begin
        stop = start + (self._size - self._place if count < 0 else count)
        if start < 0 or stop > len(self._bytes):
            raise OSError(f"bytes {self._place} to {self._place + count} have not been checked")
        self._place = self._begin + stop
        return self._bytes[start:stop]

    def readable(self) -> bool:
        """As a file's."""
        return True

    def seekable(self) -> bool:
        """As a file's."""
        return True

    def writable(self) -> bool:
        """As a file's."""
        return False

    def close(self) -> None:
        """Nothing: the descriptor is another's."""
