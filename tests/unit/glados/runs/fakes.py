"""A database in dictionaries, with faults on demand; runners that do as they are told; a manager on both."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from weaver.events.event import Event
from weaver.events.payloads import RunCompleted
from weaver.glados.ports import Page, Query, Row, StoredResult, Transaction
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.port import NewRun
from weaver.glados.runs.runners import Failure, Outcome, RunContext, Runner
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeRuns:
    def __init__(self, rows: dict[str, Run], removed: list[str]) -> None:
        self._rows, self._removed = rows, removed

    async def add(self, run: Run) -> None:
        self._rows[run.id] = run

    async def find(self, run_id: str) -> Run | None:
        await asyncio.sleep(0)
        return self._rows.get(run_id)

    async def list(self, query: Query) -> Page[Run]:
        wanted = query.filters.get("status")
        found = [run for run in self._rows.values() if wanted is None or run.status in wanted]
        start = (query.page - 1) * query.page_size
        return Page(items=found[start : start + query.page_size], total=len(found))

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        await asyncio.sleep(0)
        if run.id not in self._rows or self._rows[run.id].status is not expected:
            return False
        self._rows[run.id] = run
        return True

    async def hold(self, run_id: str, *, expected: RunStatus) -> bool:
        await asyncio.sleep(0)
        return run_id in self._rows and self._rows[run_id].status is expected

    async def delete(self, run_id: str) -> bool:
        self._removed.append(run_id)
        return self._rows.pop(run_id, None) is not None


class FakeRecords:
    def __init__(self, tables: dict[str, list[Any]]) -> None:
        self._tables = tables

    async def add_orders(self, rows: Sequence[Row]) -> None:
        self._tables["orders"] += rows

    async def add_fills(self, rows: Sequence[Row]) -> None:
        self._tables["fills"] += rows

    async def add_trades(self, rows: Sequence[Row]) -> None:
        self._tables["trades"] += rows

    async def add_result(self, run_id: str, result: StoredResult) -> None:
        self._tables["results"].append((run_id, result))

    async def find_result(self, run_id: str, *, blobs: Collection[str] = ()) -> StoredResult | None:
        return next((result for one, result in self._tables["results"] if one == run_id), None)

    async def rows(self, table: str, run_id: str | None, query: Query) -> Page[Row]:
        return Page(items=self._tables[table], total=len(self._tables[table]))

    async def find_row(self, table: str, row_id: str) -> Row | None:
        return next((row for row in self._tables[table] if row["id"] == row_id), None)


class FakeTransaction:
    def __init__(self, runs: FakeRuns, records: FakeRecords) -> None:
        self.runs, self.records = runs, records
        self.events: list[Event] = []

    def append(self, *events: Event) -> None:
        self.events += events


class FakeDatabase:
    """One transaction at a time. `faults` are raised, one per transaction, before it begins; `lost_commits` of the next
    commits go through and are reported as lost."""

    storage = "fake"

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.tables: dict[str, list[Any]] = {"orders": [], "fills": [], "trades": [], "results": []}
        self.events: list[Event] = []
        self.faults: list[Exception] = []
        self.lost_commits: list[Exception] = []
        self.is_away: Exception | None = None
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        await asyncio.sleep(0)
        if self.is_away is not None:
            raise self.is_away
        if self.faults:
            raise self.faults.pop(0)
        async with self._lock:
            rows, removed = dict(self.runs), list[str]()
            tables = {name: list(items) for name, items in self.tables.items()}
            transaction = FakeTransaction(FakeRuns(rows, removed), FakeRecords(tables))
            yield transaction
            self.runs, self.tables = rows, tables
            kept = [event for event in self.events if event.run_id not in removed]
            self.events = [*kept, *transaction.events]
        if self.lost_commits:
            raise self.lost_commits.pop(0)

    async def ping(self) -> None:
        pass

    def types(self, run_id: str) -> list[str]:
        """The types of a run's events, progress left out."""
        return [event.type for event in self.events if event.run_id == run_id and event.type != "run.Progress"]


class FakeLog:
    """The part of a log that the manager uses."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def append(self, events: Sequence[Event]) -> None:
        async with self._database.transaction() as transaction:
            transaction.append(*events)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the manager is not to use the log's {name}")


Work = Callable[[Run, RunContext], Awaitable[None]]


async def at_once(run: Run, context: RunContext) -> None:
    await context.has_worker()


async def for_ever(run: Run, context: RunContext) -> None:
    await context.has_worker()
    await asyncio.Event().wait()


@dataclass
class FakeRunner:
    """Does `work`, which may be changed from run to run, and records one order, or none."""

    work: Work = at_once
    checked: list[Run] = field(default_factory=list)
    refusal: Exception | None = None
    record_error: Exception | None = None
    failure: str | None = None
    """Why the run breaks off after its work."""
    has_orders: bool = True
    running: int = 0
    workers: int = 2
    is_ready: bool = True

    async def check(self, run: Run) -> None:
        self.checked.append(run)
        if self.refusal is not None:
            raise self.refusal

    async def run(self, run: Run, context: RunContext) -> Outcome | Failure:
        self.running += 1
        try:
            await self.work(run, context)
        finally:
            self.running -= 1
        completed = RunCompleted(run_id=run.id, orders=1, fills=0, trades=0)

        async def record(transaction: Transaction) -> None:
            if self.has_orders:
                await transaction.records.add_orders([{"id": f"{run.id}-1"}])
            if self.record_error is not None:
                raise self.record_error

        if self.failure is not None:
            return Failure(error=self.failure, record=record)
        return Outcome(completed=completed, data_hash="abc", record=record)


class Clock:
    """Stands still but for `advance`; hands out ids and waits, and keeps what was waited."""

    def __init__(self) -> None:
        self.time, self.waited = START, list[float]()
        self._ids = itertools.count(1)

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def new_id(self) -> str:
        return f"id{next(self._ids)}"

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0)


class House:
    """A manager with everything around it."""

    def __init__(self, home: Path, *, runners: dict[RunMode, Runner] | None = None) -> None:
        self.clock, self.database, self.runner = Clock(), FakeDatabase(), FakeRunner()
        self.folder = home / "strategies"
        self.bars = ParquetBarStore(home / "bars")
        self.manager = RunManager(
            database=self.database,
            log=FakeLog(self.database),
            runners=runners or {RunMode.BACKTEST: self.runner},
            catalogue=Catalogue(self.folder),
            bars=self.bars,
            threads=Threads("reading strategies", count=2, wait_seconds=10),
            now=self.clock.now,
            new_id=self.clock.new_id,
            wait=self.clock.wait,
            version="9.9",
        )

    async def pending(self, *, mode: RunMode = RunMode.BACKTEST) -> Run:
        """A pending run, put straight into the database."""
        run = Run(
            id=self.clock.new_id(),
            name="a run",
            strategy_id="buy-and-hold",
            mode=mode,
            symbols=("A",),
            created_at=START,
        )
        self.database.runs[run.id] = run
        return run

    async def started(self) -> Run:
        """A running run."""
        run = await self.pending()
        return await self.manager.start(run.id, confirm=None, corr_id="c")

    async def settled(self) -> None:
        """Return when nothing is running any more."""
        while self.manager.task_count:
            await asyncio.sleep(0)

    def status(self, run: Run) -> RunStatus:
        return self.database.runs[run.id].status


def new_run(**given: Any) -> NewRun:
    """A request for a backtest of `sma-crossover`."""
    return NewRun(**{"strategy_id": "sma-crossover", "mode": RunMode.BACKTEST, "symbols": ("AAPL",), **given})
