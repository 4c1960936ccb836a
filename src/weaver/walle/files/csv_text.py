"""What a text file of rows is before its rows are read: what separates the fields, and which columns they are."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from weaver.model.errors import DataError
from weaver.walle.files.columns.column_names import has_prices, is_header
from weaver.walle.files.columns.origin import Place
from weaver.walle.files.columns.shapes import Shape, shape_of
from weaver.walle.files.spelling import AS_WRITTEN, Spelling
from weaver.walle.files.unpacking import Packed

_SEPARATORS = ",;\t|"
_HEADER_WITHIN = 5
"""Some vendors put a line of their own above the header."""
_HEAD = 20
_MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|table|head|body)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[$€£¥₹]?\s*[\d.,'’\s]*\d[\d.,]*(?:e[-+]?\d+)?\s*[kmb%$€£¥]?", re.IGNORECASE)
_SEP = re.compile(rb"(?:\xef\xbb\xbf)?sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """A CSV file, with where its header stands and what separates its fields."""

    packed: Packed
    header: list[str]
    """The columns' names; where the file has none, those that its shape tells, or numbers from 1."""
    header_line: int
    """The last line above the data, counted from 1; 0: there is none."""
    separator: str
    shape: Shape | None = None
    """Of a file without a header: what its columns were recognised as."""
    tickers: list[str] = field(default_factory=list)
    """Whose each column is, where lines of the header say it; empty for the times'."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.packed.path

    @property
    def name(self) -> str:
        """What errors call it."""
        return str(self.path)

    def open(self) -> io.BufferedIOBase:
        """Its bytes, unpacked."""
        return self.packed.open()

    def stream(self) -> pa.NativeFile:
        """The same bytes for Arrow."""
        return self.packed.stream()

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


_COLUMNS_LEAST = 5
"""A time and four prices."""
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One of the first lines that are not empty."""

    number: int
    """Counted from 1."""
    separator: str
    fields: list[str]


def read_text(packed: Packed, spelling: Spelling = AS_WRITTEN) -> CsvText:
    """The file, with its header found. Raises InputError if it cannot be read, DataError if it is no CSV."""
    data, name = packed.head(), str(packed.path)
    _check(data, name)
    head = [line for line, _ in zip(io.BytesIO(data), range(_HEAD), strict=False)]
    told = _SEP.fullmatch(head[0])
    separators = _SEPARATORS if told is None else told[1].decode(errors="replace")
    start = 0 if told is None else 1
    numbers = [number for number, line in enumerate(head) if line.strip() and number >= start][:_HEADER_WITHIN]
    if not numbers:
        raise DataError(f"{name}: the first {_HEAD} lines are empty")
    lines = [_line(head[number].decode(errors="replace"), name, number + 1, separators) for number in numbers]
    found = (
        _of_columns_by_ticker(packed, lines)
        or _with_header(packed, lines, spelling)
        or _without(packed, lines, spelling)
    )
    if found is None:
        first = lines[0]
        _check_first(first, name)
        fields_of(
            _text_of(head[first.number - 1], name, first.number),
            first.separator,
            place=Place(file=name, line=first.number),
        )
        found = CsvText(packed=packed, header=first.fields, header_line=first.number, separator=first.separator)
    at = max(found.header_line, 1)
    _text_of(head[at - 1], name, at)
    return _with_trailing(found)


def fields_of(line: str, separator: str, *, place: Place) -> list[str]:
    """The fields of one line without its end. Raises DataError naming the place where they cannot be told apart, as
    after a quote that nothing closes."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise place.error(f"its fields cannot be told apart: {error}") from error


def _check(data: bytes, name: str) -> None:
    """Raises DataError for what is no text of rows."""
    if b"\0" in data:
        raise DataError(f"{name}: this is neither CSV, JSON, Parquet nor Feather, but some other binary file")
    if not data.strip():
        raise DataError(f"{name}: the file is empty")
    if _MARKUP.match(data):
        raise DataError(f"{name}: this is a web page, no table of prices: download the file itself")


def _check_first(line: _Line, name: str) -> None:
    """Raises DataError for a first line that no reading fits, where it shows what to do."""
    fields = line.fields
    if len(fields) == 1 and len(fields[0].split()) >= _COLUMNS_LEAST:
        raise DataError(f"{name}: its fields stand between blanks: put commas there (sed -E 's/ +/,/g')")
    if len(fields) >= _COLUMNS_LEAST and all(map(str.isdigit, fields)) and int(fields[0]) < _DAY_MS:
        raise DataError(
            f"{name}: its times are milliseconds of a day that only the file's name tells, as LEAN writes minutes: "
            "write date and time into the first column, and say --price-scale 10000 where the prices are so many "
            "times as high"
        )


def _with_header(packed: Packed, lines: Sequence[_Line], spelling: Spelling) -> CsvText | None:
    """By a line that names the prices; or that has the names that somebody gave."""
    said = spelling.columns
    line = next((one for one in lines if is_header(one.fields, said)), None)
    if line is None and said:
        line = next((one for one in lines if _has_names(one.fields, said.values())), None)
    if line is None:
        return None
    return CsvText(packed=packed, header=line.fields, header_line=line.number, separator=line.separator)


def _has_names(fields: Sequence[str], wanted: Iterable[str]) -> bool:
    names = {one.strip().lower() for one in fields}
    return any(one.lower() in names for one in wanted)


def _without(packed: Packed, lines: Sequence[_Line], spelling: Spelling) -> CsvText | None:
    """By what stands in the first line, where that is data."""
    most = 1
    for line in lines:
        shape = shape_of(line.fields) if len(line.fields) > most else None
        most = max(most, len(line.fields))  # a line of as many fields above is a header whose names nobody knows
        if shape is not None:
            names = list(shape.names) + [str(number + 1) for number in range(len(shape.names), len(line.fields))]
        elif spelling.columns and all(name.isdigit() for name in spelling.columns.values()):
            names = [str(number + 1) for number in range(len(line.fields))]
        else:
            continue
        return CsvText(packed=packed, header=names, header_line=line.number - 1, separator=line.separator, shape=shape)
    return None


def _of_columns_by_ticker(packed: Packed, lines: Sequence[_Line]) -> CsvText | None:
    """By two lines of which one names prices and one symbols, as pandas writes columns of two levels (yfinance); a
    third has the name of the times."""
    if len(lines) < 3 or lines[1].number != lines[0].number + 1:
        return None
    first, second = lines[0].fields, lines[1].fields
    by_price, by_ticker = has_prices(first[1:]), has_prices(second[1:])
    if len(first) != len(second) or len(first) < 2 or by_price == by_ticker:
        return None  # some tickers are called like prices (C, O, LOW), but not those of all four
    names, tickers = (first, second) if by_price else (second, first)
    if not all(tickers[1:]) or any(map(_is_number, tickers[1:])) or any(map(str.isdigit, first[0] + second[0])):
        return None
    third = lines[2]
    is_named = bool(third.fields[0]) and not any(third.fields[1:])
    return CsvText(
        packed=packed,
        header=[third.fields[0] if is_named else "Date", *names[1:]],
        header_line=third.number if is_named else lines[1].number,
        separator=lines[0].separator,
        tickers=["", *tickers[1:]],
    )


def _with_trailing(text: CsvText) -> CsvText:
    """With a column of no name where each line of data ends in a separator that the header has not."""
    number, first = next(text.data_lines(), (0, b""))
    fields = _line(first.decode(errors="replace"), text.name, number, text.separator).fields
    if len(fields) == len(text.header) + 1 and not fields[-1].strip():
        return replace(text, header=[*text.header, "-"], tickers=[*text.tickers, *[""] * bool(text.tickers)])
    return text


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _text_of(line: bytes, name: str, number: int) -> str:
    """A line without its end. Raises DataError where it is not UTF-8."""
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise Place(file=name, line=number).error("the text is not UTF-8: save it as UTF-8") from error


def _line(line: str, name: str, number: int, separators: str) -> _Line:
    """A line of the head; one whose fields cannot be told apart has one."""
    text = line.strip("\r\n\ufeff")
    separator = max(separators, key=line.count)
    try:
        return _Line(number=number, separator=separator, fields=fields_of(text, separator, place=Place(file=name)))
    except DataError:
        return _Line(number=number, separator=separator, fields=[text])
