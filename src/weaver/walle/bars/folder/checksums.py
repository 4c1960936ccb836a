"""A stored file's checksums: of every byte of it, in the pieces in which it is read."""

import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyarrow import parquet

from weaver.model.errors import Damaged
from weaver.model.market.bars import COLUMNS
from weaver.walle.files.columns.arrow_columns import values_of
from weaver.walle.regular_file import opened

_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChecks:
    """CRC-32 of a file's pieces, which are its columns, row group by row group, and at last its footer.

    ends: where each piece ends; the first begins at 0, each other where the one before ends. rows, first: how many bars
    a row group holds, and the stamp of its first (ns).
    """

    ends: tuple[int, ...]
    sums: tuple[int, ...]
    rows: tuple[int, ...]
    first: tuple[int, ...]

    def __post_init__(self) -> None:
        pieces = len(self.rows) * len(COLUMNS) + 1
        if not len(self.ends) == len(self.sums) == pieces or len(self.first) != len(self.rows) or not self.rows:
            raise ValueError("the checksums do not fit the row groups")
        if any(stop <= start for start, stop in pairwise((0, *self.ends))) or min(self.rows) <= 0:
            raise ValueError("the pieces of a file follow one another")

    @property
    def size(self) -> int:
        """The file's bytes."""
        return self.ends[-1]

    def piece(self, number: int) -> tuple[int, int]:
        """Where a piece begins and ends."""
        return (self.ends[number - 1] if number else 0), self.ends[number]

    def to_json(self) -> dict[str, object]:
        """As it stands in a record; the sums as one text of eight hexadecimal digits each."""
        return {
            "ends": list(self.ends),
            "crc32": "".join(f"{one:08x}" for one in self.sums),
            "rows": list(self.rows),
            "first": list(self.first),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "FileChecks":
        """The checksums that a record tells. Raises ValueError, KeyError or TypeError where it tells none."""
        text = bytes.fromhex(record["crc32"])
        return cls(
            ends=whole_numbers(record["ends"]),
            sums=tuple(int.from_bytes(text[at : at + 4], "big") for at in range(0, len(text), 4)),
            rows=whole_numbers(record["rows"]),
            first=whole_numbers(record["first"]),
        )


def whole_numbers(values: object) -> tuple[int, ...]:
    """A list of whole numbers, or ValueError."""
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise ValueError("not a list of whole numbers")
    return tuple(values)


def checks_of(path: Path) -> FileChecks:
    """The checksums of a file of the store as it is now."""
    with parquet.ParquetFile(path) as file:
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        first = tuple(
            int(values_of(file.read_row_group(number, columns=["timestamp"]).column(0), "i8")[0])
            for number in range(len(groups))
        )
    starts = [_start(group.column(number)) for group in groups for number in range(len(COLUMNS))]
    last = groups[-1].column(len(COLUMNS) - 1)
    with opened(path) as descriptor:
        ends = (*starts[1:], starts[-1] + last.total_compressed_size, os.fstat(descriptor).st_size)
        sums = tuple(_sum(descriptor, start, stop) for start, stop in pairwise((0, *ends)))
    return FileChecks(ends=ends, sums=sums, rows=tuple(group.num_rows for group in groups), first=first)


def check_bytes(path: Path, checks: FileChecks) -> None:
    """Raises Damaged where a file is not, to the last bit, the one that was written; FileNotFoundError where it is
    missing. Nothing of it is kept in memory."""
    with opened(path) as descriptor:
        check_size(path, descriptor, checks)
        for number, wanted in enumerate(checks.sums):
            start, stop = checks.piece(number)
            if _sum(descriptor, start, stop) != wanted:
                raise not_as_written(path, start, stop)


def check_size(path: Path, descriptor: int, checks: FileChecks) -> None:
    """Raises Damaged for another length than was written."""
    size = os.fstat(descriptor).st_size
    if size != checks.size:
        raise Damaged(f"{path} has {size:,} bytes, not the {checks.size:,} that were written")


def filled(path: Path, descriptor: int, checks: FileChecks, pieces: range, buffer: memoryview) -> memoryview:
    """The bytes of neighbouring pieces, read into `buffer`, and found to be those that were written (else Damaged)."""
    begin, end = checks.piece(pieces[0])[0], checks.piece(pieces[-1])[1]
    view = buffer[: end - begin]
    there = begin + os.preadv(descriptor, [view], begin)
    for number in pieces:
        start, stop = checks.piece(number)
        if there < stop or zlib.crc32(view[start - begin : stop - begin]) != checks.sums[number]:
            raise not_as_written(path, start, stop)
    return view


def not_as_written(path: Path, start: int, stop: int) -> Damaged:
    """What to raise for bytes that have changed."""
    return Damaged(f"{path} is not as it was written, somewhere in its bytes {start:,} to {stop:,}")


def _start(column: parquet.ColumnChunkMetaData) -> int:
    pages = [column.data_page_offset]
    if column.has_dictionary_page and column.dictionary_page_offset:
        pages.append(column.dictionary_page_offset)
    return int(min(pages))


def _sum(descriptor: int, start: int, stop: int) -> int:
    found = 0
    for part in _parts(descriptor, start, stop):
        found = zlib.crc32(part, found)
    return found


def _parts(descriptor: int, start: int, stop: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(min(_AT_ONCE, stop - start)))
    while start < stop:
        count = os.preadv(descriptor, [buffer[: min(len(buffer), stop - start)]], start)
        if not count:
            return  # it has become shorter meanwhile: the sum will not be right
        yield buffer[:count]
        start += count
