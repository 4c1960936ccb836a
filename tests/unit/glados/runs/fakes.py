"""Runners that do as they are told, and a manager on them and a database with faults on demand."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.contracts.builders import order_row
from tests.unit.glados.fakes import FaultyDatabase, database_in_memory
from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.events.payloads import RunCompleted
from weaver.glados.ports import Query, Transaction
from weaver.glados.router import DomainRouter
from weaver.glados.runs.backtest_runner import INTERRUPTED
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.port import NewRun
from weaver.glados.runs.record import RecordPiece
from weaver.glados.runs.runners import Failure, Outcome, RunContext, Runner, Stop, Stopped
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import Unavailable
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
AWAY = Unavailable("the database does not answer")


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
    grace_seconds: float = 0.0

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
                await transaction.records.add_orders([order_row(run.id)])
            if self.record_error is not None:
                raise self.record_error

        pieces = [RecordPiece(write=record)]
        if self.failure is not None:
            return Failure(error=self.failure, record=pieces)
        return Outcome(completed=completed, data_hash="abc", record=pieces)

    def cut_off(self, stop: Stop) -> Stopped:
        return Stopped(reason=stop.reason)

    def interrupted(self) -> Failure:
        return Failure(error=INTERRUPTED)


@dataclass
class FakeLeftBehind:
    """What runs have at their venues, in words, until it is flattened."""

    has: dict[str, str] = field(default_factory=dict)
    flattened: list[tuple[str, str]] = field(default_factory=list)

    async def told(self, run: Run) -> str:
        return self.has.get(run.id, "")

    async def disown(self, run: Run) -> None: ...

    async def flatten(self, run: Run, *, corr_id: str) -> None:
        self.flattened.append((run.id, corr_id))
        del self.has[run.id]


class Clock:
    """Stands still but for `advance` and what is waited, which it keeps and which is over at once; hands out ids."""

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
        self.advance(seconds)


class House:
    """A manager with everything around it, on a database in memory."""

    def __init__(self, home: Path, database: FaultyDatabase, other_runners: Mapping[RunMode, Runner]) -> None:
        self.stored, self.database = database.stored, database
        self.clock, self.runner, self.left_behind = Clock(), FakeRunner(), FakeLeftBehind()
        self.folder, self.bars = home / "strategies", ParquetBarStore(home / "bars")
        self.manager = self.another_manager(other_runners)

    def another_manager(self, other_runners: Mapping[RunMode, Runner]) -> RunManager:
        """One more on the same database, as of the next server."""
        return RunManager(
            database=self.database,
            log=self.stored.log,
            runners={RunMode.BACKTEST: self.runner, **other_runners},
            left_behind=self.left_behind,
            workers=self.runner,
            catalogue=Catalogue(self.folder),
            bars=self.bars,
            threads=Threads("reading strategies", count=2, wait_seconds=10),
            now=self.clock.now,
            new_id=self.clock.new_id,
            wait=self.clock.wait,
            version="9.9",
        )

    async def add(self, run: Run) -> Run:
        """A run, put straight into the database."""
        await self.database.keep(run)
        return run

    async def pending(self, *, mode: RunMode = RunMode.BACKTEST, **given: Any) -> Run:
        """A pending run, put straight into the database."""
        usual = {"name": "a run", "strategy_id": "buy-and-hold", "symbols": ("A",), "created_at": START}
        return await self.add(Run(**{"id": self.clock.new_id(), "mode": mode, **usual, **given}))

    async def started(self) -> Run:
        """A running run."""
        run = await self.pending()
        return await self.manager.start(run.id, confirm=None, corr_id="c")

    async def settled(self) -> None:
        """Return when nothing is running any more."""
        while self.manager.task_count:
            await asyncio.sleep(0)

    async def find(self, run: Run) -> Run | None:
        """A run as it is kept."""
        async with self.stored.transaction() as transaction:
            return await transaction.runs.find(run.id)

    async def kept(self, run: Run) -> Run:
        """A run as it is kept, which it must be."""
        found = await self.find(run)
        assert found is not None
        return found

    async def all_runs(self) -> Sequence[Run]:
        """Every run that is kept."""
        async with self.stored.transaction() as transaction:
            return (await transaction.runs.list(Query(page_size=1000))).items

    async def status(self, run: Run) -> RunStatus:
        """Where a run stands."""
        return (await self.kept(run)).status

    async def orders(self) -> list[str]:
        """The ids of all orders that are kept."""
        async with self.stored.transaction() as transaction:
            return [row["id"] for row in (await transaction.records.rows("orders", None, Query())).items]

    async def events(self, run: Run | None = None) -> list[Event]:
        """The log: all of it, or a run's."""
        return await self.stored.log.read(EventFilter(run_id=None if run is None else run.id))

    async def types(self, run: Run) -> list[str]:
        """The types of a run's events, progress left out."""
        return [event.type for event in await self.events(run) if event.type != "run.Progress"]


@asynccontextmanager
async def house_in(home: Path, **other_runners: Runner) -> AsyncIterator[House]:
    """A manager that is still to be entered, with a `FakeRunner` of backtests; other modes' runners by keyword."""
    new_id = Clock().new_id
    async with database_in_memory(new_id=new_id, route=DomainRouter(new_id=new_id)) as database:
        yield House(home, database, {RunMode(mode): one for mode, one in other_runners.items()})


def new_run(**given: Any) -> NewRun:
    """A request for a backtest of `sma-crossover`."""
    return NewRun(**{"strategy_id": "sma-crossover", "mode": RunMode.BACKTEST, "symbols": ("AAPL",), **given})


def own_tasks() -> list[Any]:
    """The tasks that there are beside those of the test framework and the event log."""
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    return [one for one in coroutines if not re.search("anyio|weaver.events", one.cr_code.co_filename)]  # type: ignore[union-attr]


def assert_nothing_left(house: House) -> None:
    """No task, no entry, no work; and no run that is running with nothing behind it."""
    assert house.manager.task_count == 0
    assert house.manager.load.running == 0
    assert house.runner.running == 0
    assert own_tasks() == []
