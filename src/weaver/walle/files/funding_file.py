"""Funding rates from a CSV file: a time with its zone, or a Unix time, and a rate."""

from pathlib import Path

from weaver.model.account.funding import FundingRates, rate_of
from weaver.model.errors import DataError, InputError
from weaver.walle.files.columns.arrow_columns import text_column
from weaver.walle.files.columns.column_names import simple
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.time_text import parse_times
from weaver.walle.files.csv_file import read_table
from weaver.walle.files.csv_text import CsvText, read_text
from weaver.walle.files.unpacking import Packed

TIMES = ("fundingtime", "calctime", "timestamp", "timestamputc", "time", "datetime", "datetimeutc", "dateutc", "date")
RATES = ("rate", "fundingrate", "lastfundingrate", "funding")


def read_funding(path: Path) -> FundingRates:
    """The rates of a file, in whatever order; other columns are ignored. Raises InputError or DataError."""
    text = read_text(Packed.of(path))
    positions = [_position(text, "time", TIMES), _position(text, "rate", RATES)]
    origin = Origin(name=text.name, line_of=text.line_of)
    if text.line_of(1) is None:
        raise DataError(f"{text.name}: it has no funding rates, only a header")
    table = read_table(text, positions)
    times = parse_times(text_column(table.column(0)), origin=origin, is_utc=text.header[positions[0]].endswith("UTC"))
    if times.instant is None:
        raise DataError(
            f"{text.name}: its times have no zone, and funding falls on an instant: write them as 2021-11-01T08:00:00Z"
        )
    rows = []
    for row, (time, rate) in enumerate(zip(times.instant.tolist(), table.column(1).to_pylist(), strict=True)):
        try:
            rows.append((time, rate_of(rate)))
        except InputError as error:
            raise origin.error(row, str(error).removeprefix("costs: ")) from error
    try:
        return FundingRates.of_rows(rows)
    except InputError as error:
        raise DataError(f"{text.name}: {str(error).removeprefix('costs: ')}") from error


def _position(text: CsvText, what: str, names: tuple[str, ...]) -> int:
    found = [simple(name) for name in text.header]
    position = next((found.index(name) for name in names if name in found), None)
    if position is None:
        raise DataError(f"{text.name}: no column for the {what}; found: {', '.join(map(repr, text.header))}")
    return position
