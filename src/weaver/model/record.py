"""Values that pass between the control plane and what keeps its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T", covariant=True)

Row = Mapping[str, Any]
"""A row as the API shows it: JSON values, amounts as decimal strings, times as ISO strings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One page of a list, filtered and sorted by the database."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column → any of these values."""
    at_least: Mapping[str, datetime] = field(default_factory=dict)
    """Column → its earliest time."""
    at_most: Mapping[str, datetime] = field(default_factory=dict)
    """Column → its latest time."""
    sort: str = ""
    """A column, `-column` for descending; empty: the list's own order. An unknown column raises InputError."""
    page: int = 1
    page_size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of `total` items."""

    items: Sequence[T]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingRows:
    """Orders on paper and live with what belongs to them, as the database has them: decimals, aware times."""

    orders: Sequence[Row]
    submissions: Sequence[Row]
    fills: Sequence[Row]
    """As they were booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFigures:
    """What a list shows of a finished backtest."""

    stats: Mapping[str, float | int | None]
    blob: bytes | None
    """The large part that was asked for; None: it kept none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResult:
    """A finished backtest as it is kept."""

    stats: Mapping[str, float | int | None]
    record: Mapping[str, Any]
    """The object `run` of DESIGN's `--json`: what pins the run down."""
    warnings: Sequence[Mapping[str, str]]
    positions: Mapping[str, str]
    cash_flows: Sequence[Row] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """Columns (`equity`, `indicators`), `events` past the log's share, `report` (HTML, gzip); each has its format."""
