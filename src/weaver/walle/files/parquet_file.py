"""Reading Parquet and Feather files that pandas, polars and others wrote."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import Float64
from weaver.walle.files.columns.arrow_columns import nulls_of, numbers_of, symbols_of, text_column, values_of
from weaver.walle.files.columns.column_names import ColumnNames, recognise
from weaver.walle.files.columns.number_text import spelled_numbers
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.raw_columns import RawColumns, raw_columns
from weaver.walle.files.columns.times.time_text import WrittenTimes, from_epoch, parse_times
from weaver.walle.files.columns.times.time_units import from_units
from weaver.walle.files.columns.times.time_zone import zone_in
from weaver.walle.files.spelling import AS_WRITTEN, Spelling

_CELL_BYTES = 8
"""Of a price or a time, however small it is packed."""


def read_head(
    path: Path, rows_max: int, *, is_feather: bool = False
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The columns' names, and the first rows as Python values. Raises InputError or DataError."""
    if is_feather:
        table = _feather_table(path).slice(0, rows_max)
        return tuple(table.schema.names), list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    try:
        with parquet.ParquetFile(path, memory_map=True) as file:
            names = tuple(file.schema_arrow.names)
            batch = next(file.iter_batches(batch_size=rows_max), None)
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: this is not a whole Parquet file: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    return names, [] if batch is None else list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def decoded_bytes(path: Path) -> int:
    """What the used columns will take at least, as the file's own end says it: nothing of them is read. 0 where it
    cannot be told: reading it says why."""
    try:
        with parquet.ParquetFile(path, memory_map=True) as file:
            meta, header = file.metadata, file.schema_arrow.names
        used = {header[position] for position in recognise(header, origin=str(path)).used}
    except (pa.ArrowInvalid, OSError, InputError):
        return 0
    groups = (meta.row_group(number) for number in range(meta.num_row_groups))
    chunks = (group.column(number) for group in groups for number in range(group.num_columns))
    unpacked: int = sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in used)
    rows: int = meta.num_rows
    return max(unpacked, rows * len(used) * _CELL_BYTES)


def read_parquet(path: Path, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns of a Parquet file. Raises InputError or DataError naming file and row."""
    try:
        with parquet.ParquetFile(path, memory_map=True) as file:
            schema = file.schema_arrow
            names = recognise(schema.names, origin=str(path), said=spelling.columns)
            # Column by column, so that joining the pieces of one never doubles the memory of all.
            columns = {position: file.read(columns=[schema.names[position]]).column(0) for position in names.used}
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: this is not a whole Parquet file: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    return arrow_columns(columns, names, schema.names, origin=Origin(name=str(path)), spelling=spelling)


def read_feather(path: Path, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns of a Feather file. Raises InputError or DataError naming file and row."""
    return columns_of_table(_feather_table(path), origin=Origin(name=str(path)), spelling=spelling)


def _feather_table(path: Path) -> pa.Table:
    try:
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: this is not a whole Feather file: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error


def columns_of_table(table: pa.Table, *, origin: Origin, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns of an Arrow table. Raises DataError."""
    names = recognise(table.schema.names, origin=origin.name, said=spelling.columns)
    columns = {position: table.column(position) for position in names.used}
    return arrow_columns(columns, names, table.schema.names, origin=origin, spelling=spelling)


def arrow_columns(
    columns: Mapping[int, pa.ChunkedArray],
    names: ColumnNames,
    header: Sequence[str],
    *,
    origin: Origin,
    spelling: Spelling = AS_WRITTEN,
) -> RawColumns:
    """The columns of a Parquet file or an Arrow table, by their positions in its header. Raises DataError."""
    if len(columns[names.time]) == 0:
        raise DataError(f"{origin.name}: the file has no rows")
    if names.clock is not None:
        raise DataError(f"{origin.name}: date and time stand in two columns: put them together into one")

    spelled = spelled_numbers(
        {name: _texts(columns[at]) for name, at in names.numeric.items() if _is_text(columns[at].type)},
        spelling.decimal,
        origin=origin,
    )
    raw = raw_columns(
        names,
        lambda position, name: _numbers(spelled.get(name, columns[position]), name, origin),
        origin=origin,
        times=_times(columns[names.time], origin, is_utc=names.is_utc, spelling=spelling),
        symbols=symbols_of(columns, names, header, origin),
    )
    return raw.scaled(spelling.price_scale or 1)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()).fill_null("")


def _numbers(column: pa.ChunkedArray, name: str, origin: Origin) -> Float64:
    try:
        return numbers_of(column if column.type == pa.float64() else column.cast(pa.float64(), safe=False))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"{origin.name}: column {name} holds {column.type}, not numbers") from error


def _times(column: pa.ChunkedArray, origin: Origin, *, is_utc: bool, spelling: Spelling) -> WrittenTimes:
    kind = column.type
    if column.null_count:
        origin.check(nulls_of(column), lambda _row: "the time is empty")
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind):
        zone = zone_in(kind.tz, origin=origin) if kind.tz is not None else UTC if is_utc else None
        return from_units(values_of(column, np.int64), kind.unit, origin=origin, zone=zone)
    if pa.types.is_date(kind):
        days = values_of(column.cast(pa.date32()), np.int32).astype(np.int64)
        return from_units(days, "D", origin=origin, zone=None)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        wide = pa.int64() if pa.types.is_integer(kind) else pa.float64()
        return from_epoch(values_of(column.cast(wide), "i8" if wide == pa.int64() else "f8"), origin=origin)
    if _is_text(kind):
        return parse_times(text_column(column), origin=origin, is_utc=is_utc, date_order=spelling.date_order)
    raise DataError(f"{origin.name}: the time column holds {kind}, not times")


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view"
