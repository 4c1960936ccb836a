"""A run's equity curve as JSON, made piece by piece: a curve of millions of bars takes no more memory than its columns,
and holds nobody up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import orjson
from numpy.typing import NDArray

from weaver.glados.result_blobs import EquityColumns
from weaver.glados.thinning import thin_rows

ROWS_TOGETHER = 5_000
"""Some ten milliseconds' work."""


def equity_text(run_id: str, columns: EquityColumns, points: int) -> Iterator[bytes]:
    """An `EquityResponse` of at most `points` (2 or more) of the curve's points."""
    rows = thin_rows([columns.equity, columns.cash], points)
    total = len(columns.timestamp)
    head = {"run_id": run_id, "points": len(rows), "total": total, "downsampled": len(rows) < total}
    yield orjson.dumps(head)[:-1] + b',"items":['
    for start in range(0, len(rows), ROWS_TOGETHER):
        yield (b"," if start else b"") + _items(columns, rows[start : start + ROWS_TOGETHER])
    yield b"]}"


def stamps_of(instants: NDArray[np.int64]) -> list[datetime]:
    """Instants (ns UTC) as times."""
    found: list[datetime] = instants.astype("datetime64[ns]").astype("datetime64[us]").tolist()
    return [stamp.replace(tzinfo=UTC) for stamp in found]


def _items(columns: EquityColumns, rows: NDArray[np.intp]) -> bytes:
    """Points with commas between them; what is no number is null."""
    cells = zip(
        stamps_of(columns.timestamp[rows]), columns.equity[rows].tolist(), columns.cash[rows].tolist(), strict=True
    )
    items = [{"timestamp": stamp, "equity": equity, "cash": cash} for stamp, equity, cash in cells]
    return orjson.dumps(items, option=orjson.OPT_UTC_Z)[1:-1]
