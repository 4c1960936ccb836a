"""Large parts of a stored result, each in its own format: `equity` and `report`; `events` are in kept_events,
`indicators` in indicator_blob.

equity   numpy .npz, uncompressed: `timestamp` (int64, ns UTC, the stamps of the run's bars), `equity` and `cash`
         (float64), of equal length
report   gzip of the report's HTML in UTF-8
"""

import gzip
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EQUITY, REPORT = "equity", "report"
_FAST = 1
"""What is packed here is repetitive: the lowest level takes a third of the time and leaves a tenth of the text."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EquityColumns:
    """Equity and cash at each bar of a run."""

    timestamp: NDArray[np.int64]
    """Stamps of the bars, ns UTC."""
    equity: NDArray[np.float64]
    cash: NDArray[np.float64]


def encode_equity(columns: EquityColumns) -> bytes:
    """The blob `equity`."""
    buffer = io.BytesIO()
    np.savez(buffer, timestamp=columns.timestamp, equity=columns.equity, cash=columns.cash)
    return buffer.getvalue()


def decode_equity(blob: bytes) -> EquityColumns:
    """The columns of a blob `equity`."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
        return EquityColumns(timestamp=stored["timestamp"], equity=stored["equity"], cash=stored["cash"])


def encode_report(html: str) -> bytes:
    """The blob `report`."""
    return gzip.compress(html.encode(), compresslevel=_FAST, mtime=0)


def decode_report(blob: bytes) -> str:
    """The HTML of a blob `report`; a client that takes gzip can have the blob as it is."""
    return gzip.decompress(blob).decode()
