"""Reading CSV files: any separator, any of the usual headers or none, numbers and times as vendors write them."""

import csv
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from weaver.model.counted import counted
from weaver.model.errors import DataError
from weaver.model.market.bars import Float64
from weaver.walle.files.columns.arrow_columns import numbers_of, symbols_of, text_column
from weaver.walle.files.columns.column_names import ColumnNames, has_local_names, recognise
from weaver.walle.files.columns.number_text import spelled_numbers
from weaver.walle.files.columns.origin import Origin, Place
from weaver.walle.files.columns.raw_columns import RawColumns, raw_columns
from weaver.walle.files.columns.stacking import stacked
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.times.clock_text import clock_texts
from weaver.walle.files.columns.times.time_layout import date_order_of
from weaver.walle.files.columns.times.time_text import TextColumn, WrittenTimes, parse_times
from weaver.walle.files.columns.unnamed import borne_out
from weaver.walle.files.csv_text import CsvText, fields_of, read_text
from weaver.walle.files.spelling import AS_WRITTEN, Spelling
from weaver.walle.files.unpacking import BROKEN, Packed, Packing
from weaver.walle.files.unreadable import unreadable

_BLOCK = 4 << 20
"""Bytes that are read at a time; a line must fit into it."""
_FOOTER_MAX = 3
"""Lines of words at a file's end."""
_CUT_OFF = re.compile(r"[\d:T ]*[-/.][\d:T ./-]*")
"""A date, or how one begins: a line that was cut off, and no words."""
_LEAN_SCALE = 10_000


class _NotPlain(Exception):
    """A number is written in a way that Arrow does not read."""


@dataclass(slots=True, kw_only=True)
class _Footer:
    """Lines with one field only, which are none of data where they end the file."""

    lines: list[str] = field(default_factory=list)

    def skipped(self, row: arrow_csv.InvalidRow) -> str:
        """What becomes of a row with the wrong number of fields."""
        if row.actual_columns != 1 or len(self.lines) == _FOOTER_MAX:
            return "error"
        self.lines.append(row.text)
        return "skip"


def read_csv(packed: Packed, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns of a CSV file. Raises InputError or DataError naming file, row and line."""
    text = read_text(packed, spelling)
    if len({one for one in text.tickers if one}) > 1:
        return _by_ticker(text, spelling)
    origin = Origin(name=text.name, line_of=text.line_of)
    names = _columns(text, text.header, spelling)
    # Texts first, numbers second: the texts of a large file are gone when the numbers come.
    times, symbols, notes = _times_and_symbols(text, names, origin, spelling)
    numbers = _numbers(text, [names.numeric], origin, spelling, rows=len(times.local))
    raw = _raw(names, numbers, origin, times, symbols)
    if text.shape is not None:
        shape = f"{text.name}: no header line: taken as {text.shape.said}"
        raw = borne_out(raw.noted(shape), spelling.columns)
    scale, said = _scale(text, raw, spelling)
    return raw.scaled(scale).noted(*notes, *said)


def _raw(
    names: ColumnNames,
    numbers: dict[int, Float64],
    origin: Origin,
    times: WrittenTimes,
    symbols: SymbolColumn | None,
) -> RawColumns:
    return raw_columns(names, lambda position, _name: numbers[position], origin=origin, times=times, symbols=symbols)


def _columns(text: CsvText, header: Sequence[str], spelling: Spelling) -> ColumnNames:
    names = recognise(header, origin=text.name, said=spelling.columns)
    if not text.tickers:
        return names
    return replace(names, symbol=None)


def _by_ticker(text: CsvText, spelling: Spelling) -> RawColumns:
    """A file with the columns of several symbols beside each other, as if they stood one below the other."""
    origin = Origin(name=text.name, line_of=text.line_of)
    names = {
        ticker: _columns(
            text,
            [name if of in ("", ticker) else "" for name, of in zip(text.header, text.tickers, strict=True)],
            spelling,
        )
        for ticker in dict.fromkeys(one for one in text.tickers if one)
    }
    times, _, notes = _times_and_symbols(text, next(iter(names.values())), origin, spelling)
    numbers = _numbers(text, [one.numeric for one in names.values()], origin, spelling, rows=len(times.local))
    parts = {ticker: _raw(one, numbers, origin, times, None) for ticker, one in names.items()}
    return stacked(parts, label="Ticker").scaled(spelling.price_scale or 1).noted(*notes)


def _times_and_symbols(
    text: CsvText, names: ColumnNames, origin: Origin, spelling: Spelling
) -> tuple[WrittenTimes, SymbolColumn | None, list[str]]:
    """The times and symbols of each row, and what is to be said of what was left out."""
    positions = [position for position in (names.time, names.clock, names.symbol) if position is not None]
    table, notes = _read(text, positions)
    notes += text.packed.notes
    columns = dict(zip(positions, table.columns, strict=True))
    written = text_column(_time_texts(columns, names))
    rows = len(written)
    written, words = _without_words(written)
    if len(written) < rows:
        _check_end(text, names, origin, first=len(written))
        columns = {position: column.slice(0, len(written)) for position, column in columns.items()}
    if words:
        notes.append(f"{text.name}: {counted(words, 'line')} of words at the end left out")
    symbols = symbols_of(columns, names, text.header, origin)
    if symbols is None and any(text.tickers):
        symbols = _one_symbol("Ticker", text.tickers[-1] or text.tickers[1], len(written))
    del table, columns
    order, usual = spelling.date_order, None if text.shape is None else text.shape.date_order
    if order is None and usual is not None and date_order_of(written) is None:
        order = usual
        notes.append(f"{text.name}: dates read as {order}, as is usual without a header (--date-order says otherwise)")
    return parse_times(written, origin=origin, is_utc=names.is_utc, date_order=order), symbols, notes


def _one_symbol(label: str, symbol: str, rows: int) -> SymbolColumn:
    return SymbolColumn(label=label, names=(symbol,), code=np.zeros(rows, dtype=np.int64))


def _without_words(written: TextColumn) -> tuple[TextColumn, int]:
    """The times without those at the end that are none at all, but empty or words, and how many there are of words."""
    rows, words = len(written), 0
    while rows > 1:
        last = written[rows - 1]
        if any(letter.isdigit() for letter in last[:12]) or (last and words == _FOOTER_MAX):
            break
        rows, words = rows - 1, words + bool(last)
    return (written.rows(slice(0, rows)), words) if rows < len(written) else (written, 0)


def _check_end(text: CsvText, names: ColumnNames, origin: Origin, *, first: int) -> None:
    """Raises DataError where a line from the row `first` (from 0) on has anything but a time."""
    for row, (_, line) in enumerate(islice(text.data_lines(), first, None), start=first):
        fields = next(csv.reader([line.decode(errors="replace")], delimiter=text.separator), [])
        if len(fields) > names.time and not fields[names.time].strip() and any(one.strip() for one in fields):
            raise origin.error(row, "the time is empty: write it, or take the line out")


def _numbers(
    text: CsvText, wanted: Sequence[Mapping[str, int]], origin: Origin, spelling: Spelling, *, rows: int
) -> dict[int, Float64]:
    """The columns of numbers by their positions, `rows` values each; wanted: of each symbol, by their names."""
    positions = list(dict.fromkeys(position for one in wanted for position in one.values()))
    is_local = spelling.decimal is None and has_local_names(text.header)
    try:
        if is_local:
            raise _NotPlain
        table, _ = _read(text, positions, is_number=frozenset(positions))
        columns = dict(zip(positions, table.columns, strict=True))
    except _NotPlain:
        table, _ = _read(text, positions)
        texts = {position: column.slice(0, rows) for position, column in zip(positions, table.columns, strict=True)}
        columns = {}
        for one in wanted:
            own = {name: texts[position] for name, position in one.items()}
            found = spelled_numbers(own, spelling.decimal, origin=origin, is_local=is_local)
            columns |= {position: found[name] for name, position in one.items()}
    del table
    return {position: numbers_of(columns.pop(position).slice(0, rows)) for position in list(columns)}


def _scale(text: CsvText, raw: RawColumns, spelling: Spelling) -> tuple[int, list[str]]:
    """How many times as high the prices are written as they are, and what is to be said of it. Raises DataError where
    it could be either."""
    if spelling.price_scale is not None or text.shape is None or not text.shape.may_be_scaled:
        return spelling.price_scale or 1, []
    if any(column is not None and (column % 1 > 0).any() for column in (raw.close, raw.volume)):
        return 1, []
    if text.packed.packing is Packing.ZIP:
        return _LEAN_SCALE, [f"{text.name}: prices divided by {_LEAN_SCALE:,}, as LEAN writes those of shares"]
    price = raw.close[0]
    raise raw.origin.error(
        0,
        f"close {price:.0f} could be {price / _LEAN_SCALE:g}, as LEAN writes prices of shares (--price-scale "
        f"{_LEAN_SCALE}), or what it says (--price-scale 1)",
    )


def read_table(text: CsvText, positions: Sequence[int]) -> pa.Table:
    """The columns at `positions`, trimmed strings, in that order. Raises DataError on broken lines and on no rows."""
    return _read(text, positions)[0]


def _read(
    text: CsvText, positions: Sequence[int], *, is_number: frozenset[int] = frozenset()
) -> tuple[pa.Table, list[str]]:
    """The columns at `positions` in that order, trimmed strings or, where they are numbers, float64; and what is to be
    said of lines that were left out. Reads piece by piece."""
    batches, footer = [], _Footer()
    try:
        with text.stream() as file, _reader(text, positions, file, footer) as reader:
            batches = [_converted(batch, positions, is_number) for batch in reader]
    except pa.ArrowInvalid as error:
        if text.line_of(1) is None:
            raise DataError(f"{text.name}: there is a header line and no data below it") from error
        raise _broken_line(text, error) from error
    except BROKEN as error:
        raise unreadable(text.path, error) from error
    if not sum(batch.num_rows for batch in batches):
        raise DataError(f"{text.name}: there is a header line and no data below it")
    return pa.Table.from_batches(batches), _told(text, footer)


def _told(text: CsvText, footer: _Footer) -> list[str]:
    """Raises DataError where lines that were left out are not the last ones."""
    if not footer.lines:
        return []
    count = len(footer.lines)
    last = [line.decode(errors="replace").strip("\r\n") for _, line in deque(text.data_lines(), maxlen=count)]
    if last != [line.strip("\r\n") for line in footer.lines] or any(map(_CUT_OFF.fullmatch, last)):
        raise _broken_line(text, None)
    return [f"{text.name}: {counted(count, 'line')} of words at the end left out"]


def _reader(
    text: CsvText, positions: Sequence[int], file: pa.NativeFile, footer: _Footer
) -> arrow_csv.CSVStreamingReader:
    names = [str(position) for position in range(len(text.header))]
    wanted = [names[position] for position in positions]
    return arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(
            skip_rows=text.header_line, column_names=names, use_threads=False, block_size=_BLOCK
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=text.separator, invalid_row_handler=footer.skipped),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
        ),
    )


def _converted(batch: pa.RecordBatch, positions: Sequence[int], is_number: frozenset[int]) -> pa.RecordBatch:
    columns = []
    for position, column in zip(positions, batch.columns, strict=True):
        trimmed = pc.utf8_trim_whitespace(column)
        try:
            columns.append(trimmed.cast(pa.float64()) if position in is_number else trimmed)
        except pa.ArrowInvalid as error:
            raise _NotPlain from error
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _time_texts(columns: dict[int, pa.ChunkedArray], names: ColumnNames) -> pa.ChunkedArray:
    """Date and time of day as one text."""
    if names.clock is None:
        return columns[names.time]
    clock = clock_texts(columns[names.clock])
    return pc.binary_join_element_wise(columns[names.time], clock, " ")


def _broken_line(text: CsvText, error: pa.ArrowInvalid | None) -> DataError:
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
    return DataError(f"{text.name}: {str(error).splitlines()[0]}")
