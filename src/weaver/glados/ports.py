"""What the control plane needs of its siblings; a root hands them over."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from weaver.events.event import Event
from weaver.model.run import Run, RunStatus

Now = Callable[[], datetime]
NewId = Callable[[], str]
T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One page of a list, filtered and sorted by the database."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column → any of these values."""
    sort: str = ""
    """A column, `-column` for descending; empty: the list's own order. An unknown column raises InputError."""
    page: int = 1
    page_size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of `total` items."""

    items: Sequence[T]
    total: int


Row = Mapping[str, Any]
"""A row as the API shows it: JSON values, amounts as decimal strings, times as ISO strings."""


class RunRepository(Protocol):
    """The table `runs`."""

    async def add(self, run: Run) -> None:
        """Insert."""
        ...

    async def find(self, run_id: str) -> Run | None:
        """One run, or None."""
        ...

    async def list(self, query: Query) -> Page[Run]:
        """Filters: status, mode, strategy_id, name. Newest first."""
        ...

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        """Update, if its status still is `expected`. False: it was not, and nothing was changed."""
        ...

    async def delete(self, run_id: str) -> bool:
        """Remove the run with its whole record, its events included."""
        ...


class RecordRepository(Protocol):
    """What a run leaves behind: tables `orders`, `fills`, `trades`, `backtest_results`."""

    async def add_orders(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: id run_id client_order_id number symbol side order_type order_class quantity
        filled_quantity average_price limit_price stop_price trail trail_percent time_in_force extended_hours status
        reason parent_id replaced_by placed_at updated_at."""
        ...

    async def add_fills(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: id run_id order_id symbol side price quantity commission slippage filled_at
        bar_timestamp exchange_fill_id notes."""
        ...

    async def add_trades(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: run_id number symbol side quantity entry_time entry_price exit_time exit_price pnl return
        commission bars mae mfe."""
        ...

    async def add_result(self, run_id: str, result: "StoredResult") -> None:
        """Insert."""
        ...

    async def find_result(self, run_id: str, *, columns: bool) -> "StoredResult | None":
        """The result, with or without what is large in it (`blobs`)."""
        ...

    async def rows(self, table: str, run_id: str | None, query: Query) -> Page[Row]:
        """A page of `orders`, `fills` or `trades`. Filters: symbol, side, status (orders), order_id (fills)."""
        ...

    async def find_row(self, table: str, row_id: str) -> Row | None:
        """One order or fill."""
        ...


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
    """`equity` (columns), `events` (those past the log's share), `report` (HTML, gzip) …, each in its own format."""


class Transaction(Protocol):
    """All or nothing: rows, and the events that report them."""

    runs: RunRepository
    records: RecordRepository

    def append(self, *events: Event) -> None:
        """Record events with this transaction. They get their `seq` at the commit; strategy requests get their routed
        child right behind them."""
        ...


class Database(Protocol):
    """Transactions. Where the database cannot be reached they raise `Unavailable`, and nothing was changed."""

    @property
    def storage(self) -> str:
        """`memory`, `sqlite` or `postgresql`."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end of the block, rolls back when it raises; subscribers hear of its events afterwards."""
        ...

    async def ping(self) -> None:
        """Return if it answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestJob:
    """What a worker needs to know."""

    run: Run
    corr_id: str
    audit: str = "orders"
    """`orders`, or `full` for ticks and windows too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOutcome:
    """What a worker gives back of a run that went to its end."""

    result: StoredResult
    orders: Sequence[Row]
    fills: Sequence[Row]
    trades: Sequence[Row]
    events: Sequence[Event]
    """Requests with their routed children and order events, in order: those for the log, at most 2,000 orders'."""
    stopped: str | None = None
    """The strategy's own reason, where it ended the run itself."""


Progress = Callable[[str, float], Awaitable[None]]


class BacktestPool(Protocol):
    """Runs backtests outside the API's event loop, one at a time on each worker."""

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome:
        """Wait for a worker (`started` is called when there is one), run, and return the outcome.

        Cancelling the call ends the work within 100 ms and frees the worker. Raises InputError, StrategyError and
        RunFailed as the run ended, and WorkerLost where its process died or exceeded its memory.
        """
        ...

    async def close(self) -> None:
        """End all workers."""
        ...
