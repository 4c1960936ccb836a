"""The part `indicators` of a stored result: what a strategy computed, thinned to what a chart can show.

numpy .npz, uncompressed: `about` (JSON as bytes: `left_out`, and name, symbol, timeframe, total and place of each)
and, for the indicator numbered k, `timestamp{k}` (int64, ns UTC, stamps of bars) and `values{k}` (float64, NaN where
undefined), of equal length
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from weaver.glados.stored.downsampling import POINTS_MIN, downsampled_rows
from weaver.marvin.indicator_columns import IndicatorColumn

INDICATORS = "indicators"
INDICATORS_MAX = 50
POINTS_MAX = 20_000
POINTS_MAX_IN_ALL = 400_000
"""Some 6 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredIndicator:
    """An indicator, thinned; `total`: how many bars it had."""

    column: IndicatorColumn
    total: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredIndicators:
    """A run's indicators; `left_out`: how many there were beyond INDICATORS_MAX."""

    items: Sequence[StoredIndicator] = ()
    left_out: int = 0


def downsampled(stored: StoredIndicators, points: int) -> StoredIndicators:
    """The same with at most so many points each (at least POINTS_MIN); extremes are kept."""
    return replace(stored, items=[replace(item, column=_downsampled(item.column, points)) for item in stored.items])


def within(stored: StoredIndicators, first: int | None, end: int | None) -> StoredIndicators:
    """The part from `first` on, before `end` (ns UTC), and a point more on either side: a line goes to both edges."""
    return replace(stored, items=[replace(item, column=_within(item.column, first, end)) for item in stored.items])


def points_each(points: int, count: int, *, in_all: int) -> int:
    """How many points each of `count` indicators may have, where all together have a bound."""
    return max(min(points, in_all // max(count, 1)), POINTS_MIN)


def encode_indicators(columns: Iterable[IndicatorColumn]) -> bytes:
    """The blob of a run's indicators."""
    every = iter(columns)
    items = [StoredIndicator(column=column, total=len(column.values)) for column in islice(every, INDICATORS_MAX)]
    points = points_each(POINTS_MAX, len(items), in_all=POINTS_MAX_IN_ALL)
    kept = downsampled(StoredIndicators(items=items, left_out=sum(1 for _ in every)), points)
    about = {
        "left_out": kept.left_out,
        "items": [
            [one.column.name, one.column.symbol, one.column.timeframe, one.total, one.column.place]
            for one in kept.items
        ],
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(orjson.dumps(about), dtype=np.uint8)}
    for k, one in enumerate(kept.items):
        arrays |= {f"timestamp{k}": one.column.timestamp, f"values{k}": one.column.values}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def decode_indicators(blob: bytes) -> StoredIndicators:
    """What a blob holds."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
        about = orjson.loads(stored["about"].tobytes())
        items = [
            StoredIndicator(
                column=IndicatorColumn(
                    name=name,
                    symbol=symbol,
                    timeframe=timeframe,
                    timestamp=stored[f"timestamp{k}"],
                    values=stored[f"values{k}"],
                    place=place[0] if place else None,  # older runs have none
                ),
                total=total,
            )
            for k, (name, symbol, timeframe, total, *place) in enumerate(about["items"])
        ]
    return StoredIndicators(items=items, left_out=about["left_out"])


def _within(column: IndicatorColumn, first: int | None, end: int | None) -> IndicatorColumn:
    stamps = column.timestamp
    begin = 0 if first is None else max(int(np.searchsorted(stamps, first, side="left")) - 1, 0)
    stop = len(stamps) if end is None else int(np.searchsorted(stamps, end, side="left")) + 1
    return replace(column, timestamp=stamps[begin:stop], values=column.values[begin:stop])


def _downsampled(column: IndicatorColumn, points: int) -> IndicatorColumn:
    if len(column.values) <= points:
        return column
    rows = downsampled_rows([column.values], points)
    return replace(column, timestamp=column.timestamp[rows], values=column.values[rows])
