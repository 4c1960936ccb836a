"""The Parquet files of one series: bars to files and back, bit for bit."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from weaver.model.bars import COLUMNS, Bars
from weaver.model.errors import DataError
from weaver.model.timeframe import Timeframe
from weaver.walle.arrow_columns import values_of

_TIMES = ("timestamp", "end")
_INSTANT = pa.timestamp("ns", tz="UTC")
_SCHEMA = pa.schema([(name, _INSTANT if name in _TIMES else pa.float64()) for name in COLUMNS])
_ROW_GROUP = 1 << 20

Columns = dict[str, NDArray[Any]]


def parts_of(bars: Bars) -> list[tuple[str, Bars]]:
    """File names and bars: intraday a file a year (UTC); daily bars all in one, a year of them being too few."""
    if bars.timeframe.is_daily:
        return [("all.parquet", bars)]
    years = bars.timestamp.view("datetime64[ns]").astype("datetime64[Y]").astype(np.int64) + 1970
    first, last = int(years[0]), int(years[-1])
    bounds = np.searchsorted(years, np.arange(first, last + 2)).tolist()
    return [
        (f"{first + place}.parquet", bars.slice(start, stop))
        for place, (start, stop) in enumerate(pairwise(bounds))
        if stop > start
    ]


def write_file(path: Path, bars: Bars) -> None:
    """One file. Not compressed: plain pages are read twice as fast, and dictionaries keep them small."""
    arrays = [pa.array(getattr(bars, name)).cast(field.type) for name, field in zip(COLUMNS, _SCHEMA, strict=True)]
    parquet.write_table(
        pa.Table.from_arrays(arrays, schema=_SCHEMA),
        path,
        compression="none",
        row_group_size=_ROW_GROUP,
        use_dictionary=[name for name in COLUMNS if name not in _TIMES],
        column_encoding=dict.fromkeys(_TIMES, "DELTA_BINARY_PACKED"),
        write_statistics=False,
        store_schema=False,
    )


def read_files(paths: list[Path], *, symbol: str, timeframe: Timeframe, rows: int) -> Bars:
    """The bars of all files, which hold `rows` together. Raises DataError naming a file that is damaged."""
    if len(paths) == 1:
        columns = _read_file(paths[0])
    else:
        columns = {name: np.empty(rows, dtype=np.int64 if name in _TIMES else np.float64) for name in COLUMNS}
        place = 0
        for path in paths:
            part = _read_file(path)
            stop = place + len(part["timestamp"])
            if stop > rows:
                raise DataError(f"{path}: there are more rows than the catalogue says: import the data again")
            for name, column in part.items():
                columns[name][place:stop] = column
            place = stop
        rows = rows if place == rows else -1
    if len(columns["timestamp"]) != rows:
        raise DataError(f"{paths[0].parent}: there are fewer rows than the catalogue says: import the data again")
    return Bars(symbol=symbol, timeframe=timeframe, **columns)


def _read_file(path: Path) -> Columns:
    try:
        with parquet.ParquetFile(path, memory_map=True) as file:
            table = file.read(use_threads=False)
        return {name: values_of(table.column(name), "i8" if name in _TIMES else "f8") for name in COLUMNS}
    except (pa.ArrowInvalid, KeyError) as error:
        raise DataError(f"{path}: the file is damaged: import the data again") from error
