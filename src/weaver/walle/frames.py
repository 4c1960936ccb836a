"""Reading pandas and polars data frames, neither of which is needed to be installed."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from weaver.model.bars import Float64
from weaver.model.errors import DataError, InputError
from weaver.model.instrument import AssetClass
from weaver.model.timeframe import Timeframe
from weaver.walle.assembly import ReadBars, assemble
from weaver.walle.column_names import has_times, recognise
from weaver.walle.raw_columns import RawColumns
from weaver.walle.source import Source
from weaver.walle.time_text import TextColumn, WrittenTimes, from_epoch, parse_times
from weaver.walle.time_units import from_units


def bars_from_frame(
    frame: Any,  # whatever has columns: the point of duck typing
    *,
    symbol: str,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
) -> ReadBars:
    """Bars of a pandas or polars frame: columns of any case, times in a column or in a pandas index (of times, dates
    or texts; not of numbers, which may count rows).

    tz: the zone of times that carry none. Raises InputError or DataError naming symbol and row.
    """
    name = f"the frame of {symbol}"
    if not hasattr(frame, "columns") or not hasattr(frame, "__getitem__"):
        raise InputError(f"{symbol}: bars must be a pandas or polars frame, not {type(frame).__name__}")
    if not len(frame):
        raise DataError(f"{name}: there are no rows")
    source = Source(name=name)
    labels = list(frame.columns)
    spelled = [str(label) for label in labels]
    index = getattr(frame, "index", None)
    if index is not None and _holds_times(index, spelled):
        names = recognise(spelled, source=name, index_is_time=True)
        times = _times(index, Source(name=f"{name}, index"), is_utc=False)
    else:
        names = recognise(spelled, source=name, index_holds=None if index is None else str(index.dtype))
        times = _times(frame[labels[names.time]], source, is_utc=names.is_utc)
    columns = {price: _numbers(frame[labels[position]], price, source) for price, position in names.prices.items()}
    volume = None if names.volume is None else _numbers(frame[labels[names.volume]], "volume", source)
    raw = RawColumns(source=source, times=times, volume=volume, **columns)
    return assemble(raw, symbol=symbol, timeframe=timeframe, tz=tz, asset_class=asset_class)


def _holds_times(index: Any, columns: Sequence[str]) -> bool:
    """Whether the times stand in the index: it is made for them, or has dates or texts where no column could be it."""
    kind = getattr(index.dtype, "kind", "")
    return kind == "M" or (kind == "O" and not has_times(columns))


def _numbers(column: Any, name: str, source: Source) -> Float64:
    try:
        return np.ascontiguousarray(column.to_numpy(), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{source.name}: column {name} holds {column.dtype}, not numbers") from error


def _times(column: Any, source: Source, *, is_utc: bool) -> WrittenTimes:
    zone = getattr(column.dtype, "tz", None) or getattr(column.dtype, "time_zone", None)
    values = column.to_numpy() if zone is None or not hasattr(column.dtype, "tz") else _pandas_utc(column)
    if values.dtype.kind == "M":
        unit = np.datetime_data(values.dtype)[0]
        return from_units(values.view(np.int64), unit, source=source, is_utc=is_utc or zone is not None)
    if values.dtype.kind in "iuf":
        return from_epoch(values.astype(np.float64 if values.dtype.kind == "f" else np.int64), source=source)
    return parse_times(TextColumn.of(_texts(values)), source=source, is_utc=is_utc)


def _pandas_utc(column: Any) -> Any:
    return column.to_numpy(dtype="datetime64[ns]")


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]
