"""A run's equity curve as JSON, made piece by piece: a curve of millions of bars takes no more memory than its columns,
and holds nobody up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import orjson
from numpy.typing import NDArray

from weaver.glados.stored.blobs import EquityColumns, decode_equity
from weaver.glados.stored.downsampling import downsampled_rows

ROWS_TOGETHER = 5_000
"""Some ten milliseconds' work."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurvePoints:
    """Some points of an equity curve of `total`, and nothing of the others."""

    columns: EquityColumns
    total: int

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return sum(column.nbytes for column in (self.columns.timestamp, self.columns.equity, self.columns.cash))


def curve_points(blob: bytes, points: int) -> CurvePoints:
    """At most `points` (2 or more) of a curve's points."""
    whole = decode_equity(blob)
    rows = downsampled_rows([whole.equity, whole.cash], points)
    some = EquityColumns(timestamp=whole.timestamp[rows], equity=whole.equity[rows], cash=whole.cash[rows])
    return CurvePoints(columns=some, total=len(whole.timestamp))


def equity_text(run_id: str, curve: CurvePoints, *, interval: str) -> Iterator[bytes]:
    """An `EquityResponse`. interval: of the run's bars, as 1d."""
    count = len(curve.columns.timestamp)
    sampled = {"interval": interval, "rows": curve.total}
    head = {
        "run_id": run_id, "points": count, "total": curve.total, "downsampled": count < curve.total, "sampled": sampled,
    }  # fmt: skip
    yield orjson.dumps(head)[:-1] + b',"items":['
    for start in range(0, count, ROWS_TOGETHER):
        yield (b"," if start else b"") + _items(curve.columns, slice(start, start + ROWS_TOGETHER))
    yield b"]}"


def stamps_of(instants: NDArray[np.int64]) -> list[datetime]:
    """Instants (ns UTC) as times."""
    found: list[datetime] = instants.astype("datetime64[ns]").astype("datetime64[us]").tolist()
    return [stamp.replace(tzinfo=UTC) for stamp in found]


def _items(columns: EquityColumns, rows: slice) -> bytes:
    """Points with commas between them; what is no number is null."""
    cells = zip(
        stamps_of(columns.timestamp[rows]), columns.equity[rows].tolist(), columns.cash[rows].tolist(), strict=True
    )
    items = [{"timestamp": stamp, "equity": equity, "cash": cash} for stamp, equity, cash in cells]
    return orjson.dumps(items, option=orjson.OPT_UTC_Z)[1:-1]
