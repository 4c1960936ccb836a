"""From Arrow's columns to numpy, through their buffers.

Arrow's own `to_numpy` imports pandas wherever it is installed, which costs 0.3 s; a view on the buffer costs nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from weaver.model.market.bars import Float64
from weaver.walle.files.columns.column_names import ColumnNames
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.times.time_text import TextColumn


def values_of(column: pa.ChunkedArray, dtype: type[np.generic] | str) -> NDArray[Any]:
    """The values of a column of fixed width as `dtype`, which has that width; whatever was null is arbitrary."""
    width = np.dtype(dtype)
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype=width, count=len(chunk), offset=chunk.offset * width.itemsize)
        for chunk in column.chunks
        if len(chunk)
    ]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, dtype=width)


def numbers_of(column: pa.ChunkedArray) -> Float64:
    """A float64 column, with NaN for null."""
    numbers = values_of(column, np.float64)
    if column.null_count:
        numbers = numbers.copy()
        numbers[nulls_of(column)] = np.nan
    return numbers


def nulls_of(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which values are null."""
    masks = [np.array(chunk.is_null().to_pylist(), dtype=np.bool_) for chunk in column.chunks]
    return np.concatenate(masks) if masks else np.empty(0, dtype=np.bool_)


def text_column(column: pa.ChunkedArray) -> TextColumn:
    """A string column without nulls."""
    pieces = [_text_piece(chunk) for chunk in column.chunks if len(chunk)]
    if len(pieces) == 1:
        return pieces[0]
    ends, bounds = 0, [np.zeros(1, dtype=np.int64)]
    for piece in pieces:
        bounds.append(piece.offsets[1:] - piece.offsets[0] + ends)
        ends = int(bounds[-1][-1])
    letters = [piece.data[piece.offsets[0] : piece.offsets[-1]] for piece in pieces]
    return TextColumn(offsets=np.concatenate(bounds), data=np.concatenate([np.empty(0, dtype=np.uint8), *letters]))


def _text_piece(chunk: pa.Array) -> TextColumn:
    whole = chunk.cast(pa.large_string())
    _, offsets, data = whole.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64, count=len(whole) + 1, offset=8 * whole.offset)
    letters = np.empty(0, dtype=np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return TextColumn(offsets=bounds, data=letters)


def symbols_of(
    columns: Mapping[int, pa.ChunkedArray], names: ColumnNames, header: Sequence[str], origin: Origin
) -> SymbolColumn | None:
    """The column of symbols, where there is one. Raises DataError naming the first row without a symbol."""
    if names.symbol is None:
        return None
    return symbols_at(columns[names.symbol], header[names.symbol], is_label=names.is_label, origin=origin)


def symbols_at(column: pa.ChunkedArray, label: str, *, is_label: bool, origin: Origin) -> SymbolColumn:
    """A column of symbols. Raises DataError naming the first row without a symbol."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.dictionary_encode().unify_dictionaries()
    values = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks], pa.int32())
    code = values_of(indices.fill_null(len(values)).cast(pa.int64()), np.int64)
    return SymbolColumn.of(label, [*values, None], code, origin=origin, is_label=is_label)
