"""The Parquet files of one series: bars to files and back, bit for bit."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from weaver.model.errors import Damaged
from weaver.model.market.bars import COLUMNS, Bars
from weaver.walle.files.columns.arrow_columns import values_of
from weaver.walle.regular_file import opened

TIMES = ("timestamp", "end")
_INSTANT = pa.timestamp("ns", tz="UTC")
_SCHEMA = pa.schema([pa.field(name, _INSTANT if name in TIMES else pa.float64(), nullable=False) for name in COLUMNS])
_ROW_GROUP = 1 << 18
"""Two megabytes a column: few enough for a reader of a month, many enough for one of all years."""

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
        use_dictionary=[name for name in COLUMNS if name not in TIMES],
        column_encoding=dict.fromkeys(TIMES, "DELTA_BINARY_PACKED"),
        write_statistics=False,
        store_schema=False,
    )


def room_for(rows: int, names: Sequence[str] = COLUMNS) -> Columns:
    """Columns to be filled."""
    return {name: np.empty(rows, dtype=np.int64 if name in TIMES else np.float64) for name in names}


def read_unchecked(path: Path) -> Columns:
    """The columns of a file that has no checksums. Raises FileNotFoundError, and Damaged where it cannot be read."""
    try:
        with opened(path), parquet.ParquetFile(path) as file:
            table = file.read(use_threads=False)
        return {name: values_of(table.column(name), "i8" if name in TIMES else "f8") for name in COLUMNS}
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise Damaged(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
