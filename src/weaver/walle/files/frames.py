"""Reading pandas and polars data frames, neither of which is needed to be installed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import Float64
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import check_symbol
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.column_names import ColumnNames, has_times, recognise, symbol_column
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.parts import Part, parts_of
from weaver.walle.files.columns.raw_columns import RawColumns, raw_columns
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.time_text import TextColumn, WrittenTimes, from_epoch, parse_times
from weaver.walle.files.columns.time_units import from_units
from weaver.walle.files.columns.time_zone import zone_in


def bars_from_frame(
    frame: Any,  # whatever has columns: the point of duck typing
    *,
    symbol: str,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
) -> ReadBars:
    """One symbol's bars of a frame, as `parts_of_frame` finds them.

    tz: the zone of times that carry none. Raises InputError or DataError naming symbol and row.
    """
    (part,) = parts_of_frame(frame, asked=[symbol])
    return assemble(part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=asset_class)


def parts_of_frame(
    frame: Any, *, asked: Sequence[str] = (), called: str | None = None, otherwise: str = "BARS"
) -> list[Part]:
    """The rows of a pandas or polars frame or an Arrow table, by symbol: columns of any case, times in a column or in a
    pandas index (of times, dates or texts; not of numbers, which may count rows).

    asked: those that are wanted; none: all. called: the one that all are to be. otherwise: what the bars are called
    where no column says it. Raises InputError or DataError naming symbol and row.
    """
    known = called or (asked[0] if len(asked) == 1 else otherwise)
    parts = parts_of(_raw_columns(frame, known), asked=asked, called=called, otherwise=otherwise)
    for part in parts:
        check_symbol(part.symbol)
    return parts


def _raw_columns(frame: Any, symbol: str) -> RawColumns:
    if not all(hasattr(frame, name) for name in ("__len__", "__getitem__", "columns")):
        raise InputError(f"{symbol}: bars must be a pandas or polars frame, not {type(frame).__name__}")
    origin = Origin(name=f"the frame of {symbol}")
    if not len(frame):
        raise DataError(f"{origin.name}: there are no rows")
    if type(frame).__module__.partition(".")[0] == "pyarrow":
        return _of_arrow(frame, origin)
    if _index_has_symbols(frame, origin):
        frame = frame.reset_index(allow_duplicates=True)
    return _of_frame(frame, origin)


def _of_frame(frame: Any, origin: Origin) -> RawColumns:
    """The columns of a pandas or polars frame; its times may stand in its index."""
    labels = list(frame.columns)
    spelled = [str(label) for label in labels]
    index = getattr(frame, "index", None)
    if index is not None and _holds_times(index, spelled):
        names = recognise(spelled, origin=origin.name, index_is_time=True)
        times = _times(index, Origin(name=f"{origin.name}, index"), is_utc=False)
    else:
        names = recognise(spelled, origin=origin.name, index_holds=None if index is None else str(index.dtype))
        times = _times(frame[labels[names.time]], origin, is_utc=names.is_utc)

    return raw_columns(
        names,
        lambda position, name: _numbers(frame[labels[position]], name, origin),
        origin=origin,
        times=times,
        symbols=None if names.symbol is None else _symbols(frame, labels[names.symbol], names, origin),
    )


def _of_arrow(frame: Any, origin: Origin) -> RawColumns:
    from pyarrow import chunked_array

    from weaver.walle.files.parquet_file import arrow_columns  # whoever has an Arrow table has loaded it already

    header = list(frame.schema.names)
    names = recognise(header, origin=origin.name)
    columns = {at: frame.column(at) for at in names.used}
    chunked = {at: column if hasattr(column, "chunks") else chunked_array([column]) for at, column in columns.items()}
    return arrow_columns(chunked, names, header, origin=origin)


def _index_has_symbols(frame: Any, origin: Origin) -> bool:
    """Whether a pandas index says whose the rows are: alone, or beside the times."""
    index = getattr(frame, "index", None)
    if index is None or getattr(index.dtype, "kind", "") == "M":
        return False
    names = [str(name) for name in index.names if name is not None]
    return symbol_column(names, origin=origin.name)[0] is not None


def _symbols(frame: Any, label: Any, names: ColumnNames, origin: Origin) -> SymbolColumn:
    values = frame[label].to_list()
    return SymbolColumn.of_rows(str(label), values, origin=origin, is_label=names.is_label)


def _holds_times(index: Any, columns: Sequence[str]) -> bool:
    """Whether the times stand in the index: it is made for them, or has dates or texts where no column could be it."""
    kind = getattr(index.dtype, "kind", "")
    return kind == "M" or (kind == "O" and not has_times(columns))


def _numbers(column: Any, name: str, origin: Origin) -> Float64:
    try:
        return np.ascontiguousarray(column.to_numpy(), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{origin.name}: column {name} holds {column.dtype}, not numbers") from error


def _times(column: Any, origin: Origin, *, is_utc: bool) -> WrittenTimes:
    zone = _zone(column.dtype, origin)
    values = column.to_numpy() if zone is None or hasattr(column.dtype, "time_zone") else _pandas_utc(column)
    if values.dtype.kind == "M":
        unit = np.datetime_data(values.dtype)[0]
        zone = zone or (UTC if is_utc else None)
        return from_units(values.view(np.int64), unit, origin=origin, zone=zone)
    if values.dtype.kind in "iuf":
        return from_epoch(values.astype(np.float64 if values.dtype.kind == "f" else np.int64), origin=origin)
    return parse_times(TextColumn.of(_texts(values)), origin=origin, is_utc=is_utc)


def _zone(dtype: Any, origin: Origin) -> tzinfo | None:
    """The zone that a column's type names: pandas' own, pandas' by way of Arrow, or polars'."""
    arrow = getattr(dtype, "pyarrow_dtype", None)
    named = getattr(dtype, "tz", None) or getattr(dtype, "time_zone", None) or getattr(arrow, "tz", None)
    return named if named is None or isinstance(named, tzinfo) else zone_in(str(named), origin=origin)


def _pandas_utc(column: Any) -> Any:
    return column.to_numpy(dtype="datetime64[ns]")


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]
