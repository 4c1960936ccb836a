"""What the control plane needs of its siblings; a root hands them over."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from weaver.events.event import Event
from weaver.glados.stored.rows import KeptRows
from weaver.model.errors import WeaverError
from weaver.model.record import Page as Page
from weaver.model.record import Query as Query
from weaver.model.record import ResultFigures as ResultFigures
from weaver.model.record import Row as Row
from weaver.model.record import StoredResult as StoredResult
from weaver.model.run import Audit, Run, RunStatus
from weaver.walle.fetch.ports import History

Now = Callable[[], datetime]
NewId = Callable[[], str]
Wait = Callable[[float], Awaitable[None]]
"""Returns after so many seconds of the clock that was handed over."""


class VenueHistory(History, Protocol):
    """The past of a venue that is connected."""

    def now(self) -> datetime:
        """The time there."""
        ...


class OpenHistory(Protocol):
    """Connects to a venue by its name, or to a source and one of its exchanges, for its past."""

    def __call__(self, source: str, exchange: str | None, /) -> AbstractAsyncContextManager[VenueHistory]:
        """Entering raises NotFound, InputError where it cannot be used, and Unavailable."""
        ...


class RunRepository(Protocol):
    """The table `runs`."""

    async def add(self, run: Run) -> None:
        """Insert."""
        ...

    async def find(self, run_id: str) -> Run | None:
        """One run, or None."""
        ...

    async def list(self, query: Query) -> Page[Run]:
        """Filters: status, mode, strategy_id, name. Newest first; by a figure of completed backtests (total_return,
        sharpe, max_drawdown, trades) runs without it last."""
        ...

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        """Update, if its status still is `expected`. False: it was not, and nothing was changed."""
        ...

    async def hold(self, run_id: str, *, expected: RunStatus) -> bool:
        """Let nobody else change the run until this transaction ends. False: its status is not `expected`."""
        ...


class RecordRepository(Protocol):
    """What a run leaves behind: tables `orders`, `fills`, `trades`, `backtest_results`."""

    async def add_orders(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: id run_id client_order_id number symbol side order_type order_class quantity
        filled_quantity average_price limit_price stop_price trail trail_percent limit_percent stop_percent
        time_in_force expires extended_hours status reason parent_id replaced_by placed_at updated_at."""
        ...

    async def add_fills(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: id run_id order_id symbol side price quantity commission slippage filled_at
        bar_timestamp exchange_fill_id notes."""
        ...

    async def add_trades(self, rows: Sequence[Row]) -> None:
        """Insert many. Keys: run_id number symbol side quantity entry_time entry_price exit_time exit_price pnl return
        commission bars mae mfe."""
        ...

    async def add_result(self, run_id: str, result: StoredResult) -> None:
        """Insert, without what is large in it."""
        ...

    async def add_blob(self, run_id: str, name: str, content: bytes, *, part: int = 0) -> None:
        """Insert a large part of a result, or the next part of it, after the result itself."""
        ...

    async def find_result(self, run_id: str, *, blobs: Collection[str] = ()) -> StoredResult | None:
        """The result, with those of its large parts that are named."""
        ...

    async def figures(self, run_ids: Collection[str], *, blob: str) -> Mapping[str, ResultFigures]:
        """Of those of some runs that have a result: its statistics, and a part that one row holds."""
        ...

    async def rows(self, table: str, run_id: str | None, query: Query) -> Page[Row]:
        """A page of `orders`, `fills` or `trades`. Filters: symbol, side, status (orders), order_id (fills)."""
        ...

    async def find_row(self, table: str, row_id: str) -> Row | None:
        """One order or fill."""
        ...


class WithheldRecords(Protocol):
    """Records that nobody is shown: while they are written, and while they are removed, a piece at a time."""

    async def pieces(self, run_id: str) -> int | None:
        """How many pieces of a running backtest's record are kept. None: it is not running, or no backtest, whose
        record is written as it goes."""
        ...

    async def claim(self, run_id: str, number: int) -> bool:
        """Count a piece, of those of 0 on, as kept with this transaction. From the first one on nobody is shown the
        run's record. False: it is not the next one, or the run is no running backtest."""
        ...

    async def publish(self, run_id: str, *, pieces: int) -> bool:
        """Have everybody shown a record. False: it has not so many pieces."""
        ...

    async def delete(self, run_id: str, *, expected: RunStatus) -> bool:
        """From this transaction on there is no such run for anybody; its rows go with `remove_some`. False: its status
        is not `expected`, or it has been deleted already."""
        ...

    async def all(self) -> list[str]:
        """The runs whose records are withheld."""
        ...

    async def remove_some(self, run_id: str) -> bool:
        """Remove some of a withheld record; of a deleted run its events too, and the run itself at last. False: nothing
        is left, or the record is none that may be removed."""
        ...


class Transaction(Protocol):
    """All or nothing: rows, and the events that report them."""

    @property
    def runs(self) -> RunRepository:
        """The runs, as this transaction sees them."""
        ...

    @property
    def records(self) -> RecordRepository:
        """What they left behind."""
        ...

    @property
    def withheld(self) -> WithheldRecords:
        """Records that are being written or removed."""
        ...

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

    @property
    def write_fault(self) -> str | None:
        """Why changes are not kept though it answers; None where they are."""
        ...

    def transaction(self, *, patient: bool = False, durable: bool = True) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end of the block, rolls back when it raises; subscribers hear of its events afterwards.

        patient: whoever else waits to write goes first; such a transaction takes some milliseconds at most.
        durable=False, which is not for events: a power cut may take it back, until a later one is durable.
        """
        ...

    async def ping(self) -> None:
        """Return if it answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMarket:
    """What a paper or live run was given, to be backtested on instead of stored bars."""

    setup: bytes
    """Its recorded input number 0 (`veda.runs.recorded.codec`): what its symbols are."""
    bars: Mapping[str, bytes]
    """By symbol, those before its start first (`veda.runs.recorded.warmup`)."""
    actions: Mapping[str, Sequence[Mapping[str, str]]]
    """Splits, dividends and delistings by symbol, as rows of a file of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestJob:
    """What a worker needs to know."""

    run: Run
    corr_id: str
    audit: Audit = Audit.ORDERS
    market: RecordedMarket | None = None
    """None: the stored bars. With one only orders, fills, cash flows and figures come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOutcome:
    """What a worker gives back of a run that went to its end."""

    result: StoredResult
    orders: KeptRows
    fills: KeptRows
    trades: KeptRows
    events: Sequence[Event]
    """Requests with their routed children and order events, in order: those for the log, at most 2,000 orders'."""
    stopped: str | None = None
    """The strategy's own reason, where it ended the run itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenBacktest:
    """What a worker gives back of a run whose strategy failed on its way: why, and what it had done."""

    error: WeaverError
    orders: KeptRows
    fills: KeptRows
    trades: KeptRows
    events: Sequence[Event]


Progress = Callable[[str, float], Awaitable[None]]


class BacktestPool(Protocol):
    """Runs backtests outside the API's event loop, one at a time on each worker."""

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        """Wait for a worker (`started` is called when there is one), run, and return the outcome.

        Cancelling the call ends the work within 100 ms and frees the worker. Raises InputError, StrategyError and
        RunFailed where the run left nothing, and WorkerLost where its process died or exceeded its memory.
        """
        ...

    async def check(self, run: Run) -> None:
        """Load the run's strategy and validate its parameters, in a process of its own.

        Raises StrategyError and InputError, in the strategy's or the parameter's own words.
        """
        ...

    def start(self) -> None:
        """Make ready for the first job ahead of it, and return at once."""
        ...

    @property
    def workers(self) -> int:
        """How many backtests can be worked on at the same time."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether a backtest could be worked on, as far as is known."""
        ...

    async def close(self) -> None:
        """End all workers."""
        ...
