"""Bars among Python's own values: lists and objects as venues answer in JSON, rows and columns as people have them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from weaver.model.errors import DataError
from weaver.walle.files.columns.column_names import has_prices, has_times
from weaver.walle.files.columns.shapes import shape_of

_DEPTH_MAX = 4
"""How deep the bars may lie in an answer."""
_WHOLE_MAX = 2**53
"""Whole numbers below are exact as floats."""
_BY_SYMBOL = "bars"
"""Under which Alpaca has an object of bars by symbol."""
_NAMES = ("symbol", "ticker")
"""Under which an answer says whose its bars are."""


def bars_among(value: Any, name: str) -> tuple[Mapping[str, Sequence[Any]], list[str]]:
    """The columns of all bars in an answer, those of several symbols with one that says whose they are; and how rows
    without names were taken. Raises DataError where there are none, or several tables."""
    return _joined(list(_tables(value)), name)


def table_of(given: Any, name: str) -> pa.Table:
    """Rows or columns of Python's own (or numpy's), as a table. Raises DataError where they are no bars."""
    if isinstance(given, Mapping):
        sizes = {label: len(column) for label, column in given.items()}
        if len(set(sizes.values())) > 1:
            raise DataError(
                f"{name}: its columns are not equally long: {', '.join(f'{n} {k}' for k, n in sizes.items())}"
            )
        return table_of_columns({label: _values(column) for label, column in given.items()}, name)
    rows = [dict(row) if isinstance(row, Mapping) else list(row) for row in given]
    columns, _ = bars_among(rows, name)
    return table_of_columns(columns, name)


def _values(column: Any) -> list[Any]:
    """The values of a column; numpy's times of a coarser unit than Arrow has as seconds."""
    dtype = getattr(column, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind == "M" and np.datetime_data(dtype)[0] in "YMWDhm":
        return list(column.astype("datetime64[s]"))
    return list(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Bars in an answer."""

    key: str
    """Under which they stand there."""
    columns: Mapping[str, Sequence[Any]]
    symbol: str | None = None
    """Whose the answer says that they are."""
    note: str | None = None


def _tables(value: Any, key: str = "", symbol: str | None = None, depth: int = 0) -> Iterable[_Found]:
    """All that looks like bars, not looking into what does."""
    found = _rows(value, key) if isinstance(value, list) else _columns(value, key) if isinstance(value, dict) else None
    if found is not None:
        yield replace(found, symbol=symbol if symbol is not None or not isinstance(value, dict) else _called(value))
    elif isinstance(value, list) and len(value) == 1 and depth < _DEPTH_MAX:
        yield from _tables(value[0], key, symbol, depth + 1)
    elif isinstance(value, dict) and depth < _DEPTH_MAX:
        named = _called(value) or symbol
        for name, inner in value.items():
            yield from _tables(inner, name, name if key == _BY_SYMBOL else named, depth + 1)


def _called(value: Mapping[str, Any]) -> str | None:
    """Whose an answer says that its bars are: itself, or (Yahoo) beside them."""
    for one in (value, value.get("meta")):
        if isinstance(one, dict):
            found = next((one[name] for name in _NAMES if isinstance(one.get(name), str)), None)
            if found is not None:
                return str(found)
    return None


def _rows(rows: list[Any], key: str) -> _Found | None:
    if not rows:
        return None
    if all(isinstance(row, list) for row in rows):
        width = len(rows[0])
        shape = shape_of([_text(cell) for cell in rows[0]])
        if shape is None or any(len(row) != width for row in rows):
            return None
        columns = {name: [row[at] for row in rows] for at, name in enumerate(shape.names)}
        return _Found(key=key, columns=columns, note=f"no names: taken as {shape.said}")
    if not all(isinstance(row, dict) for row in rows):
        return None
    if not has_prices(rows[0]):
        rows = [_flat(row) for row in rows]
    if has_prices(rows[0]):
        names = list(dict.fromkeys(name for row in rows for name in row))
        return _Found(key=key, columns={name: [row.get(name) for row in rows] for name in names})
    return None


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """An object whose prices lie one deeper, in one place (Oanda's `mid`), with these."""
    inner = [name for name, cell in row.items() if isinstance(cell, dict) and has_prices(cell)]
    return {**row, **row[inner[0]]} if len(inner) == 1 else dict(row)


def _columns(value: Mapping[str, Any], key: str) -> _Found | None:
    """An object of columns, each a list, or an object by time; or of bars by time; or of names and rows."""
    beside = _named_rows(value) or _beside_times(value)
    if beside is not None:
        return _Found(key=key, columns=beside)
    if has_prices(value):
        lists = {name: column for name, column in value.items() if isinstance(column, list)}
        if has_prices(lists) and len({len(column) for column in lists.values()}) == 1:
            return _Found(key=key, columns=lists)
        by_time = {name: column for name, column in value.items() if isinstance(column, dict)}
        if has_prices(by_time):
            times = list(next(iter(by_time.values())))
            named = {label: [column.get(time) for time in times] for label, column in by_time.items()}
            return _Found(key=key, columns=_timed(times, named))
    bars = [bar for bar in value.values() if isinstance(bar, dict)]
    if bars and len(bars) == len(value) and all(has_prices(bar) for bar in bars):
        names = list(dict.fromkeys(name for bar in bars for name in bar))
        if any(isinstance(cell, (list, dict)) for cell in bars[0].values()):
            return None  # each holds bars of its own
        named = {name: [bar.get(name) for bar in bars] for name in names}
        return _Found(key=key, columns=_timed(list(value), named))
    return None


def _timed(keys: list[Any], columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Columns with the keys of their rows, which are times where no column is, and else numbers of rows."""
    return columns if has_times(list(columns)) else {"timestamp": keys, **columns}


def _named_rows(value: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """Names beside rows, as pandas' `split` and the Moscow exchange have them."""
    names, rows, index = value.get("columns"), value.get("data"), value.get("index")
    if not isinstance(names, list) or not isinstance(rows, list) or not rows:
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    columns = {str(name): [row[at] for row in rows] for at, name in enumerate(names)}
    if len(columns) != len(names) or not has_prices(columns):
        return None
    return _timed(index, columns) if isinstance(index, list) and len(index) == len(rows) else columns


def _beside_times(value: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """Prices in another object than their times, as Yahoo's charts have them."""
    times, inner = value.get("timestamp"), value.get("indicators")
    quotes = inner.get("quote") if isinstance(inner, dict) else None
    if not isinstance(times, list) or not isinstance(quotes, list) or len(quotes) != 1:
        return None
    columns = quotes[0]
    if not isinstance(columns, dict) or not has_prices(columns):
        return None
    if not all(isinstance(column, list) and len(column) == len(times) for column in columns.values()):
        return None
    return {"timestamp": times, **columns}


def _joined(found: Sequence[_Found], name: str) -> tuple[Mapping[str, Sequence[Any]], list[str]]:
    """All bars as one table; those of several symbols with a column that says whose they are."""
    if not found:
        raise DataError(f"{name}: no bars found: a list of rows, of objects, or an object of columns is read")
    notes = [f"{name}: {one.note}" for one in found[:1] if one.note is not None]
    if len(found) == 1 and found[0].symbol is None:
        return found[0].columns, notes
    names = list(dict.fromkeys(name for one in found for name in one.columns))
    if len({one.symbol for one in found} - {None}) != len(found):
        keys = ", ".join(repr(one.key) for one in found[:5])
        raise DataError(f"{name}: there are several tables of bars ({keys}): leave one")
    sizes = [len(next(iter(one.columns.values()))) for one in found]
    columns = {
        column: [
            cell for one, size in zip(found, sizes, strict=True) for cell in one.columns.get(column, [None] * size)
        ]
        for column in names
    }
    return {
        "symbol": [one.symbol for one, size in zip(found, sizes, strict=True) for _ in range(size)],
        **columns,
    }, notes


def table_of_columns(columns: Mapping[str, Sequence[Any]], name: str) -> pa.Table:
    """An Arrow table of columns; what holds lists or objects is of no use for bars. Raises DataError where none is."""
    arrays = {}
    for label, column in columns.items():
        if any(isinstance(cell, (list, dict)) for cell in column):
            continue
        try:
            arrays[label] = pa.array(column)
        except (pa.ArrowException, TypeError, OverflowError):
            arrays[label] = pa.array([None if cell is None else _text(cell) for cell in column])
    if not arrays:
        raise DataError(f"{name}: no bars found")
    return pa.table(arrays)


def _text(cell: Any) -> str:
    if isinstance(cell, np.datetime64):
        return str(cell.astype("datetime64[s]"))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE_MAX:
        return str(int(cell))
    return "" if cell is None else str(cell)
