"""Reading CSV files: any separator, any of the usual headers."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from weaver.model.counted import counted
from weaver.model.errors import DataError, InputError
from weaver.walle.files.columns.arrow_columns import numbers_of, symbols_of, text_column
from weaver.walle.files.columns.column_names import ColumnNames, is_header, recognise
from weaver.walle.files.columns.origin import Origin, Place
from weaver.walle.files.columns.raw_columns import RawColumns, raw_columns
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.time_text import WrittenTimes, parse_times

_SEPARATORS = ",;\t|"
_HEADER_WITHIN = 5
"""Some vendors put a line of their own above the header."""
_HEAD = 20
_BEGIN = 1 << 20
"""Bytes in which the header must be."""
_BLOCK = 4 << 20
"""Bytes that are read at a time; a line must fit into it."""
_QUOTED = 60
"""Characters of a bad line that an error shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """A CSV file, with where its header stands and what separates its fields."""

    path: Path
    is_packed: bool
    header: list[str]
    header_line: int
    """Counted from 1."""
    separator: str

    @property
    def name(self) -> str:
        """What errors call it."""
        return str(self.path)

    def open(self) -> io.BufferedIOBase:
        """Its bytes, unpacked."""
        return gzip.open(self.path) if self.is_packed else self.path.open("rb")

    def stream(self) -> pa.NativeFile:
        """The same bytes for Arrow, which reads ahead in threads of its own. A file of Python's must not be handed to
        those: one that still waits for the interpreter's lock when the interpreter ends takes the process down."""
        return pa.input_stream(str(self.path), compression="gzip" if self.is_packed else None)

    def line_of(self, row: int) -> int | None:
        """The line of the data row `row` (both from 1); empty lines are no rows."""
        for number, (line, _text) in enumerate(self.data_lines(), start=1):
            if number == row:
                return line
        return None

    def data_lines(self) -> Iterator[tuple[int, bytes]]:
        """Number (from 1) and text of each line with data."""
        with self.open() as file:
            for line, text in enumerate(file, start=1):
                if line > self.header_line and text.strip(b"\r\n"):
                    yield line, text


def read_text(path: Path) -> CsvText:
    """The file, with its header found. Raises InputError if it cannot be read, DataError if it is no CSV."""
    is_packed, data = _begin(path)
    name = str(path)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise DataError(f"{name}: the text is UTF-16: save it as UTF-8")
    if b"\0" in data:
        raise DataError(f"{name}: this is neither CSV nor Parquet, but some other binary file")
    if not data.strip():
        raise DataError(f"{name}: the file is empty")
    head = [line for line, _ in zip(io.BytesIO(data), range(_HEAD), strict=False)]
    filled = [number for number, line in enumerate(head) if line.strip()][:_HEADER_WITHIN]
    if not filled:
        raise DataError(f"{name}: the first {_HEAD} lines are empty")
    guesses = (
        number for number in filled if is_header(_split(head[number].decode(errors="replace"), name, number + 1)[1])
    )
    number = next(guesses, filled[0])
    separator, fields = _split(_decode(head[number], name, number + 1), name, number + 1)
    return CsvText(path=path, is_packed=is_packed, header=fields, header_line=number + 1, separator=separator)


def read_csv(path: Path) -> RawColumns:
    """The columns of a CSV file. Raises InputError or DataError naming file, row and line."""
    text = read_text(path)
    origin = Origin(name=text.name, line_of=text.line_of)
    names = recognise(text.header, origin=text.name)
    # Texts first, numbers second: the texts of a large file are gone when the numbers come.
    times, symbols = _times_and_symbols(text, names, origin)
    used = {**names.prices, "volume": names.volume, "tick volume": names.tick_volume}
    numeric = {position: name for name, position in used.items() if position is not None}
    table = read_table(text, list(numeric), {position: (name, origin) for position, name in numeric.items()})
    columns = dict(zip(numeric, table.columns, strict=True))
    del table
    return raw_columns(
        names,
        lambda position, _name: numbers_of(columns.pop(position)),
        origin=origin,
        times=times,
        symbols=symbols,
    )


def _times_and_symbols(text: CsvText, names: ColumnNames, origin: Origin) -> tuple[WrittenTimes, SymbolColumn | None]:
    positions = [position for position in (names.time, names.clock, names.symbol) if position is not None]
    table = read_table(text, positions)
    columns = dict(zip(positions, table.columns, strict=True))
    symbols = symbols_of(columns, names, text.header, origin)
    written = text_column(_time_texts(columns, names))
    del table, columns
    return parse_times(written, origin=origin, is_utc=names.is_utc), symbols


def read_table(
    text: CsvText, positions: Sequence[int], numbers: Mapping[int, tuple[str, Origin]] | None = None
) -> pa.Table:
    """The columns at `positions`, trimmed strings, in that order; those of `numbers` as float64, under the name and
    origin that errors give. Reads piece by piece. Raises DataError on broken lines, on no rows, and on what is no
    number."""
    batches, row = [], 0
    try:
        with text.stream() as file, _reader(text, positions, file) as reader:
            for batch in reader:
                batches.append(_converted(batch, positions, numbers or {}, row))
                row += batch.num_rows
    except pa.ArrowInvalid as error:
        if text.line_of(1) is None:
            raise DataError(f"{text.name}: there is a header line and no data below it") from error
        raise _broken_line(text, error) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(text.path, error) from error
    if row == 0:
        raise DataError(f"{text.name}: there is a header line and no data below it")
    return pa.Table.from_batches(batches)


def _reader(text: CsvText, positions: Sequence[int], file: pa.NativeFile) -> arrow_csv.CSVStreamingReader:
    names = [str(position) for position in range(len(text.header))]
    wanted = [names[position] for position in positions]
    return arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(
            skip_rows=text.header_line, column_names=names, use_threads=False, block_size=_BLOCK
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=text.separator),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
        ),
    )


def _converted(
    batch: pa.RecordBatch, positions: Sequence[int], numbers: Mapping[int, tuple[str, Origin]], row: int
) -> pa.RecordBatch:
    """Some rows, from the one numbered `row` on."""
    columns = []
    for position, column in zip(positions, batch.columns, strict=True):
        trimmed = pc.utf8_trim_whitespace(column)
        columns.append(trimmed if position not in numbers else _numbers(trimmed, *numbers[position], row))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _begin(path: Path) -> tuple[bool, bytes]:
    """Whether a file is packed, and its first bytes, unpacked."""
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if is_packed else path.open("rb") as file:
            return is_packed, file.read(_BEGIN)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> InputError:
    match error:
        case FileNotFoundError():
            return InputError(f"{path}: there is no such file")
        case IsADirectoryError():
            return InputError(f"{path}: this is a folder, not a file")
        case _:
            return InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")


def _decode(line: bytes, name: str, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise Place(file=name, line=number).error("the text is not UTF-8: save it as UTF-8") from error


def _split(line: str, name: str, number: int) -> tuple[str, list[str]]:
    separator = max(_SEPARATORS, key=line.count)
    return separator, fields_of(line.strip("\r\n\ufeff"), separator, place=Place(file=name, line=number))


def fields_of(line: str, separator: str, *, place: Place) -> list[str]:
    """The fields of one line without its end. Raises DataError naming the place where they cannot be told apart, as
    after a quote that nothing closes, or in a file whose lines end in a bare carriage return."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise place.error(f"its fields cannot be told apart: {error}") from error


def _time_texts(columns: dict[int, pa.ChunkedArray], names: ColumnNames) -> pa.ChunkedArray:
    if names.clock is None:
        return columns[names.time]
    return pc.binary_join_element_wise(columns[names.time], columns[names.clock], " ")


def _numbers(column: pa.Array, name: str, origin: Origin, first: int) -> pa.Array:
    """Texts of the rows from `first` on, as float64."""
    try:
        return column.cast(pa.float64())
    except pa.ArrowInvalid as error:
        raise _bad_number(column, name, origin, first) from error


def _bad_number(column: pa.Array, name: str, origin: Origin, first: int) -> DataError:
    for row, text in enumerate(column.to_pylist(), start=first):
        if text == "":
            return origin.error(row, f"{name} is empty")
        try:
            pa.scalar(text).cast(pa.float64())
        except pa.ArrowInvalid:
            return origin.error(row, f"{name} {text[:_QUOTED]!r} is not a number")
    return DataError(f"{origin.name}: column {name} holds something that is not a number")


def _broken_line(text: CsvText, error: pa.ArrowInvalid) -> DataError:
    """The first line with the wrong number of fields, or that is not UTF-8; else what the parser said."""
    for row, (line, data) in enumerate(text.data_lines(), start=1):
        place = Place(file=text.name, row=row, line=line)
        try:
            fields = fields_of(data.decode().rstrip("\r\n"), text.separator, place=place)
        except UnicodeDecodeError:
            return place.error("the text is not UTF-8: save it as UTF-8")
        except DataError as broken:
            return broken
        if len(fields) != len(text.header):
            return place.error(f"{counted(len(fields), 'field')}, the header has {len(text.header)}")
    return DataError(f"{text.name}: {np.str_(error).splitlines()[0]}")
