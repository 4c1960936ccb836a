"""The large parts of a stored result, each in its own format: `equity`, `events` and `report`; for `indicators` see
indicator_blob.

equity   numpy .npz, uncompressed: `timestamp` (int64, ns UTC, the stamps of the run's bars), `equity` and `cash`
         (float64), of equal length
events   gzip of JSON lines, one event with its whole envelope a line, `seq` null, in the run's order; they come
         after those of the log
report   gzip of the report's HTML in UTF-8
"""

import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from weaver.events.event import Event, Kind

EQUITY, EVENTS, REPORT = "equity", "events", "report"
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


def encode_events(lines: Iterable[bytes]) -> bytes:
    """The blob `events` of JSON texts, one per event."""
    return gzip.compress(b"\n".join(lines), compresslevel=_FAST, mtime=0)


def decode_events(blob: bytes, *, start: int = 0, stop: int | None = None) -> list[Event]:
    """Events of a blob `events`, from the one numbered `start` (of 0) to before `stop`; `seq` is None.

    A long run's are tens of megabytes of text: not for an event loop.
    """
    with gzip.open(io.BytesIO(blob)) as lines:
        return [event_of(orjson.loads(line)) for line in islice(lines, start, stop)]


def encode_report(html: str) -> bytes:
    """The blob `report`."""
    return gzip.compress(html.encode(), compresslevel=_FAST, mtime=0)


def decode_report(blob: bytes) -> str:
    """The HTML of a blob `report`; a client that takes gzip can have the blob as it is."""
    return gzip.decompress(blob).decode()


def event_of(envelope: dict[str, Any]) -> Event:
    """The event of an envelope as JSON holds it."""
    return Event(**{**envelope, "kind": Kind(envelope["kind"]), "ts": datetime.fromisoformat(envelope["ts"])})
