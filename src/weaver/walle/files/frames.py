"""Reading pandas and polars data frames, neither of which is needed to be installed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import Any

import numpy as np

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import Float64
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import check_symbol
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.column_names import ColumnNames, has_prices, has_times, recognise, symbol_column
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.parts import Part, parts_of
from weaver.walle.files.columns.raw_columns import RawColumns, raw_columns
from weaver.walle.files.columns.stacking import stacked
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.times.time_text import TextColumn, WrittenTimes, from_epoch, parse_times
from weaver.walle.files.columns.times.time_units import from_units
from weaver.walle.files.columns.times.time_zone import zone_in
from weaver.walle.files.spelling import AS_WRITTEN, Spelling

_LEVELS = 2


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
    frame: Any,
    *,
    asked: Sequence[str] = (),
    called: str | None = None,
    otherwise: str = "BARS",
    spelling: Spelling = AS_WRITTEN,
) -> list[Part]:
    """The rows of a pandas or polars frame, an Arrow table, rows of numbers or columns by their names, by symbol:
    columns of any case, times in a column or in a pandas index (of times, dates or texts; not of numbers, which may
    count rows, unless it is called a time).

    asked: those that are wanted; none: all. called: the one that all are to be. otherwise: what the bars are called
    where no column says it. Raises InputError or DataError naming symbol and row.
    """
    known = called or (asked[0] if len(asked) == 1 else otherwise)
    raw = _raw_columns(frame, Origin(name=f"the frame of {known}"), spelling).scaled(spelling.price_scale or 1)
    parts = parts_of(raw.held_to(spelling.empty_rows), asked=asked, called=called, otherwise=otherwise)
    for part in parts:
        check_symbol(part.symbol)
    return parts


def is_table(given: object) -> bool:
    """Whether a list, mapping or array holds bars itself: rows of numbers as ccxt gives them, rows by their names, or
    columns by theirs."""
    if isinstance(given, Mapping):
        return bool(given) and all(isinstance(name, str) and _is_column(one) for name, one in given.items())
    if isinstance(given, np.ndarray):
        return given.ndim == _LEVELS or (given.ndim == 1 and given.dtype.names is not None)
    return isinstance(given, (list, tuple)) and bool(given) and all(_is_row(row) for row in given)


def _is_column(one: object) -> bool:
    return (isinstance(one, (list, tuple)) and not is_table(one)) or getattr(one, "ndim", None) == 1


def _is_row(row: object) -> bool:
    if isinstance(row, Mapping):
        return has_prices(map(str, row)) and all(map(_is_cell, row.values()))
    return isinstance(row, (list, tuple)) and all(map(_is_cell, row))


def _is_cell(cell: object) -> bool:
    return isinstance(cell, (int, float, str, type(None), date, Decimal, np.generic))


def _raw_columns(frame: Any, origin: Origin, spelling: Spelling) -> RawColumns:
    if is_table(frame):
        return _of_python(frame, origin, spelling)
    if type(frame).__module__.partition(".")[0] == "polars" and hasattr(frame, "collect"):
        frame = frame.collect()  # a lazy frame
    if not all(hasattr(frame, name) for name in ("__len__", "__getitem__", "columns")):
        raise InputError(f"{origin.name}: bars must be a pandas or polars frame, not {type(frame).__name__}")
    if not len(frame):
        raise DataError(f"{origin.name}: there are no rows")
    if type(frame).__module__.partition(".")[0] == "pyarrow":
        return _of_arrow(frame, origin, spelling)
    if getattr(frame.columns, "nlevels", 1) == _LEVELS:
        return _of_columns_by_symbol(frame, origin, spelling)
    frame = _with_named_levels(frame)
    if _index_has_symbols(frame, origin) or _index_is_called_time(frame):
        frame = frame.reset_index(allow_duplicates=True)
    return _of_frame(frame, origin, spelling)


def _of_python(given: Any, origin: Origin, spelling: Spelling) -> RawColumns:
    """Rows or columns of Python's own, or numpy's."""
    from weaver.walle.files.columns.unnamed import borne_out
    from weaver.walle.files.python_tables import table_of

    if isinstance(given, np.ndarray):
        fields = given.dtype.names
        given = given.tolist() if fields is None else {name: given[name] for name in fields}
    raw = _of_arrow(table_of(given, origin.name), origin, spelling)
    return raw if isinstance(given, Mapping) or isinstance(given[0], Mapping) else borne_out(raw, spelling.columns)


def _of_columns_by_symbol(frame: Any, origin: Origin, spelling: Spelling) -> RawColumns:
    """A pandas frame whose columns have two levels, prices and symbols, either above the other (yfinance)."""
    above, below = (has_prices(map(str, frame.columns.unique(level))) for level in (0, 1))
    if above == below:
        raise DataError(f"{origin.name}: its columns have two levels, of which one must name open, high, low and close")
    level = 1 if above else 0
    symbols = [symbol for symbol in frame.columns.unique(level) if str(symbol)]
    parts = {str(symbol): _of_frame(frame.xs(symbol, axis=1, level=level), origin, spelling) for symbol in symbols}
    return stacked(parts, label=str(frame.columns.names[level] or "the columns' level of symbols"))


def _of_frame(frame: Any, origin: Origin, spelling: Spelling) -> RawColumns:
    """The columns of a pandas or polars frame; its times may stand in its index."""
    labels = list(frame.columns)
    spelled = [str(label) for label in labels]
    index, said = getattr(frame, "index", None), spelling.columns
    if index is not None and "timestamp" not in said and _holds_times(index, spelled):
        names = recognise(spelled, origin=origin.name, index_is_time=True, said=said)
        times = _times(index, Origin(name=f"{origin.name}, index"), spelling, is_utc=False)
    else:
        held = None if index is None else str(index.dtype)
        names = recognise(spelled, origin=origin.name, index_holds=held, said=said)
        times = _times_of(frame, labels, names, origin, spelling)

    columns = {name: frame[labels[position]] for name, position in names.numeric.items()}
    texts = _spelled(columns, origin, spelling)
    return raw_columns(
        names,
        lambda _position, name: texts[name] if name in texts else _numbers(columns[name], name, origin),
        origin=origin,
        times=times,
        symbols=None if names.symbol is None else _symbols(frame, labels[names.symbol], names, origin),
    )


def _times_of(
    frame: Any, labels: Sequence[Any], names: ColumnNames, origin: Origin, spelling: Spelling
) -> WrittenTimes:
    """Times in a column, or in one of dates and one of times of day."""
    column = frame[labels[names.time]]
    if names.clock is None:
        return _times(column, origin, spelling, is_utc=names.is_utc)
    from pyarrow import chunked_array

    from weaver.walle.files.columns.times.clock_text import clock_texts

    days = [text.removesuffix(" 00:00:00") for text in _texts(column.to_list())]
    clocks = clock_texts(chunked_array([_texts(frame[labels[names.clock]].to_list())])).to_pylist()
    texts = TextColumn.of([f"{day} {clock}" for day, clock in zip(days, clocks, strict=True)])
    return parse_times(texts, origin=origin, is_utc=names.is_utc, date_order=spelling.date_order)


def _of_arrow(frame: Any, origin: Origin, spelling: Spelling) -> RawColumns:
    from pyarrow import chunked_array

    from weaver.walle.files.parquet_file import arrow_columns  # whoever has an Arrow table has loaded it already

    header = list(frame.schema.names)
    names = recognise(header, origin=origin.name, said=spelling.columns)
    columns = {at: frame.column(at) for at in names.used}
    chunked = {at: column if hasattr(column, "chunks") else chunked_array([column]) for at, column in columns.items()}
    return arrow_columns(chunked, names, header, origin=origin, spelling=spelling)


def _with_named_levels(frame: Any) -> Any:
    """A pandas frame whose index has two levels without names, one of times (`concat` of frames by symbol), with
    these; any other as it is."""
    index = getattr(frame, "index", None)
    if index is None or getattr(index, "nlevels", 1) != _LEVELS or any(name is not None for name in index.names):
        return frame
    are_times = [getattr(level.dtype, "kind", "") == "M" for level in index.levels]
    if sum(are_times) != 1:
        return frame
    return frame.rename_axis(index=["timestamp" if is_time else "symbol" for is_time in are_times])


def _index_is_called_time(frame: Any) -> bool:
    """Whether a pandas index of numbers has the name of a time: seconds or milliseconds, and no count of rows."""
    index = getattr(frame, "index", None)
    if index is None or getattr(index.dtype, "kind", "") not in {"i", "u", "f"} or index.name is None:
        return False
    return has_times([str(index.name)]) and not has_times([str(label) for label in frame.columns])


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


def _spelled(columns: Mapping[str, Any], origin: Origin, spelling: Spelling) -> dict[str, Float64]:
    """The columns that hold texts, as numbers: one decimal mark holds for all of them."""
    texts = {name: column for name, column in columns.items() if _holds_texts(column)}
    if not texts:
        return {}
    from pyarrow import chunked_array

    from weaver.walle.files.columns.arrow_columns import numbers_of
    from weaver.walle.files.columns.number_text import spelled_numbers

    cells = {
        name: chunked_array([["" if value is None or value != value else str(value) for value in column.to_list()]])
        for name, column in texts.items()
    }
    return {name: numbers_of(one) for name, one in spelled_numbers(cells, spelling.decimal, origin=origin).items()}


def _numbers(column: Any, name: str, origin: Origin) -> Float64:
    problem = f"{origin.name}: column {name} holds {column.dtype}, not numbers"
    try:
        values = column.to_numpy()
        if values.dtype.kind not in "iufO":
            raise DataError(problem)
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(problem) from error


def _holds_texts(column: Any) -> bool:
    """Whether a column has a text among its values."""
    kind = getattr(column.dtype, "kind", None)
    is_polars_text = kind is None and str(column.dtype) in {"String", "Utf8", "Object", "Categorical"}
    if kind not in {"O", "U", "T"} and not is_polars_text:
        return False
    return any(isinstance(value, str) for value in column.to_list())


def _times(column: Any, origin: Origin, spelling: Spelling, *, is_utc: bool) -> WrittenTimes:
    zone = _zone(column.dtype, origin)
    values = column.to_numpy() if zone is None or hasattr(column.dtype, "time_zone") else _pandas_utc(column)
    if values.dtype.kind == "M":
        unit = np.datetime_data(values.dtype)[0]
        zone = zone or (UTC if is_utc else None)
        return from_units(values.view(np.int64), unit, origin=origin, zone=zone)
    if values.dtype.kind in "iuf":
        return from_epoch(values.astype(np.float64 if values.dtype.kind == "f" else np.int64), origin=origin)
    return parse_times(TextColumn.of(_texts(values)), origin=origin, is_utc=is_utc, date_order=spelling.date_order)


def _zone(dtype: Any, origin: Origin) -> tzinfo | None:
    """The zone that a column's type names: pandas' own, pandas' by way of Arrow, or polars'."""
    arrow = getattr(dtype, "pyarrow_dtype", None)
    named = getattr(dtype, "tz", None) or getattr(dtype, "time_zone", None) or getattr(arrow, "tz", None)
    return named if named is None or isinstance(named, tzinfo) else zone_in(str(named), origin=origin)


def _pandas_utc(column: Any) -> Any:
    return column.to_numpy(dtype="datetime64[ns]")


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]
