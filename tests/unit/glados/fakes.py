"""What the HTTP API works with: a database in memory, with faults on demand, and stand-ins honest to their ports."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from tests.unit.walle.fetch.fakes import FakeHistory
from weaver.events.event import Event, Kind
from weaver.events.factory import EventFactory
from weaver.events.log.log import StoredEventLog
from weaver.events.payloads import Payload, RunCreated, RunDeleted, RunPromoted, RunStarted, RunStopped
from weaver.glados.ports import Row, StoredResult, Transaction
from weaver.glados.router import DomainRouter
from weaver.glados.runs.port import Load, NewRun, Override
from weaver.glados.runs.transitions import known
from weaver.model.errors import Conflict, IllegalTransition, InputError, NotFound, Unavailable
from weaver.model.promotion.measured import Answer
from weaver.model.run import Run, RunMode, RunStatus, RunStep
from weaver.research.venues import history as real_history
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.fetch.sources.catalogue import SOURCES, OpenSource

START = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is moved, and waits that end when it passes their end."""

    def __init__(self, time: datetime = START) -> None:
        self.time = time
        self._waits: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.time

    async def wait(self, seconds: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits.append((self.time + timedelta(seconds=seconds), done))
        await done

    sleep = wait

    async def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        for until, done in self._waits:
            if until <= self.time and not done.done():
                done.set_result(None)
        self._waits = [(until, done) for until, done in self._waits if not done.done()]
        for _ in range(10):
            await asyncio.sleep(0)


class FakeVenues:
    """Opens the history that it was given, under the name `fake`; and the sources that need no account."""

    def __init__(self, history: FakeHistory | None = None) -> None:
        self.history = history
        self.is_open = False

    @asynccontextmanager
    async def __call__(self, source: str, exchange: str | None) -> AsyncIterator[FakeHistory | OpenSource]:
        if source in SOURCES:
            async with real_history(source, exchange) as found:
                yield found
            return
        if source != "fake":
            raise NotFound(f"there is no venue {source!r}")
        if self.history is None:
            raise InputError("FAKE_KEY is not set")
        self.is_open = True
        try:
            yield self.history
        finally:
            self.is_open = False


class NoVenues:
    """Nowhere to trade."""

    def shared(self, venue: str, mode: RunMode) -> NoReturn:
        raise NotFound(f"there is no venue {venue!r}")

    def of_run(self, run: Run) -> NoReturn:
        raise NotFound(f"there is no venue {run.venue!r}")

    def is_of_run(self, venue: str) -> bool:
        return False

    def check(self, run: Run) -> None:
        raise NotFound(f"there is no venue {run.venue!r}")

    def replayed(self, run: Run) -> NoReturn:
        raise NotFound(f"there is no venue {run.venue!r}")

    def offered(self) -> list[NoReturn]:
        return []


class FakeProofs:
    """Answers what a test says, and notes what was asked."""

    def __init__(self, *, replay: Answer | None = None, drift: Answer | None = None) -> None:
        self._answers = {"replay": replay, "drift": drift}
        self.asked: list[str] = []

    async def replay(self, run: Run) -> Answer:
        return self._answered("replay")

    async def drift(self, run: Run) -> Answer:
        return self._answered("drift")

    def _answered(self, what: str) -> Answer:
        self.asked.append(what)
        return self._answers[what] or Answer(is_clean=True, value=0.0, told="clean")


class FakeIds:
    """id-1, id-2 …"""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix, self._count = prefix, count(1)

    def __call__(self) -> str:
        return f"{self._prefix}-{next(self._count)}"


class FaultyDatabase:
    """A database in memory, with faults on demand. While `is_away` is set it is raised; of `faults` one per
    transaction, before it begins; `lost_commits` of the next commits go through and are reported as lost."""

    write_fault: str | None = None

    def __init__(self, stored: SqlDatabase) -> None:
        self.stored, self.storage = stored, stored.storage
        self.faults: list[Exception] = []
        self.lost_commits: list[Exception] = []
        self.is_away: Exception | None = None

    @asynccontextmanager
    async def transaction(self, **given: bool) -> AsyncIterator[Transaction]:
        await self.ping()
        if self.faults:
            raise self.faults.pop(0)
        async with self.stored.transaction(**given) as transaction:
            yield transaction
        if self.lost_commits:
            raise self.lost_commits.pop(0)

    async def ping(self) -> None:
        if self.is_away is not None:
            raise self.is_away

    async def keep(
        self,
        *runs: Run,
        orders: Sequence[Row] = (),
        fills: Sequence[Row] = (),
        trades: Sequence[Row] = (),
        results: Mapping[str, StoredResult] | None = None,
    ) -> None:
        """Put rows straight into it."""
        async with self.stored.transaction() as transaction:
            for run in runs:
                await transaction.runs.add(run)
            await transaction.records.add_orders(orders)
            await transaction.records.add_fills(fills)
            await transaction.records.add_trades(trades)
            for run_id, result in (results or {}).items():
                await transaction.records.add_result(run_id, result)
                for name, content in result.blobs.items():
                    await transaction.records.add_blob(run_id, name, content)


@asynccontextmanager
async def database_in_memory(
    *, new_id: Callable[[], str], route: DomainRouter | None = None
) -> AsyncIterator[FaultyDatabase]:
    """A database whose log gives the `seq` 1, 2, 3 …"""
    epoch = datetime.fromtimestamp(0, UTC)
    home = Path("nowhere")  # nothing is kept there
    async with await open_database("memory", home=home, now=lambda: epoch, new_id=new_id, route=route) as stored:
        yield FaultyDatabase(stored)


@contextmanager
def away(log: StoredEventLog) -> Iterator[None]:
    """A time in which nobody can read the log, or append to it."""

    async def refuse(*_given: object, **_named: object) -> NoReturn:
        raise Unavailable("the database does not answer")

    usual = {name: getattr(log, name) for name in ("read", "count", "bounds", "contains", "append")}
    for name in usual:
        setattr(log, name, refuse)
    yield
    for name, method in usual.items():
        setattr(log, name, method)


class FakeRunManager:
    """Keeps the rules of a run's states; starting one leaves it running until it is stopped."""

    def __init__(self, database: FaultyDatabase, *, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database, self._new_id = database, new_id
        self._events = EventFactory(producer="fake", now=now, new_id=new_id)
        self.asked: list[NewRun] = []
        self.flattened: list[bool] = []
        self.failure: Exception | None = None
        self.load = Load(running=1, queued=2, workers=3, is_ready=True)

    async def preview(self, new: NewRun) -> Run:
        return a_run(self._new_id(), new=new, created_at=self._events.now())

    async def create(self, new: NewRun, *, corr_id: str) -> Run:
        self.asked.append(new)
        if self.failure is not None:
            raise self.failure
        if new.mode is not RunMode.BACKTEST:
            raise Unavailable("no venue is connected")
        return await self._add(a_run(self._new_id(), new=new, created_at=self._events.now()), corr_id)

    async def clone(self, run_id: str, *, corr_id: str) -> Run:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
        copy = {
            "id": self._new_id(),
            "status": RunStatus.PENDING,
            "error": None,
            "queued": False,
            "cloned_from": run_id,
        }
        return await self._add(replace(run, **copy, started_at=None, stopped_at=None), corr_id)

    async def promote(self, after: Run, *, override: Override | None, corr_id: str) -> Run:
        if self.failure is not None:
            raise self.failure
        usual = {"status": RunStatus.PENDING, "queued": False, "started_at": None, "completed_at": None}
        run = replace(after, id=self._new_id(), cloned_from=None, promoted_from=after.id, **usual)
        told = RunPromoted(
            run_id=after.id,
            to=run.mode,
            promoted_id=run.id,
            override=override and override.reason,
            gates=override.gates if override else (),
        )
        made = await self._add(run, corr_id)
        async with self._database.transaction() as transaction:
            transaction.append(self._events.event(told, corr_id=corr_id))
        return made

    async def start(self, run_id: str, *, confirm: str | None, corr_id: str) -> Run:
        def started(run: Run) -> Run:
            if confirm not in (None, run.name):
                raise InputError(f"confirm {confirm!r} is not the run's name")
            return replace(run.step(RunStep.START, at=self._events.now()), queued=True)

        return await self._change(run_id, started, RunStarted(run_id=run_id, queued=True), corr_id)

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        self.flattened.append(flatten)
        told = RunStopped(run_id=run_id, reason="asked")
        return await self._change(run_id, lambda run: run.step(RunStep.STOP, at=self._events.now()), told, corr_id)

    async def delete(self, run_id: str, *, corr_id: str) -> None:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is RunStatus.RUNNING:
                raise Conflict(f"run {run_id} is running: stop it first")
            await transaction.withheld.delete(run_id, expected=run.status)
            transaction.append(self._events.event(RunDeleted(run_id=run_id), corr_id=corr_id))
        async with self._database.transaction() as transaction:
            while await transaction.withheld.remove_some(run_id):
                pass

    async def _add(self, run: Run, corr_id: str) -> Run:
        told = RunCreated(run_id=run.id, name=run.name, strategy_id=run.strategy_id, mode=run.mode)
        async with self._database.transaction() as transaction:
            await transaction.runs.add(run)
            transaction.append(self._events.event(told, corr_id=corr_id))
        return run

    async def _change(self, run_id: str, step: Callable[[Run], Run], told: Payload, corr_id: str) -> Run:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            try:
                changed = step(run)
            except IllegalTransition as error:
                raise Conflict(str(error)) from error
            await transaction.runs.save(changed, expected=run.status)
            transaction.append(self._events.event(told, corr_id=corr_id))
        return changed


def a_run(identifier: str, *, new: NewRun | None = None, created_at: datetime = START, **fields: Any) -> Run:
    """A pending backtest."""
    asked: Mapping[str, Any] = {}
    if new is not None:
        asked = {
            name: getattr(new, name)
            for name in (
                "strategy_id", "mode", "symbols", "timeframe", "start_time", "end_time", "config", "options",
                "promotion",
            )
        }  # fmt: skip
    values = {
        "name": (new and new.name) or f"run {identifier}",
        "strategy_id": "sma-crossover",
        "mode": RunMode.BACKTEST,
        "symbols": ("AAPL",),
        "strategy_source": "class SmaCrossover: ...",
        "created_at": created_at,
        **asked,
        **fields,
    }
    return Run(id=identifier, **values)


def an_event(identifier: str, type_: str, *, run_id: str | None = None, **fields: Any) -> Event:
    """An event as a log takes it."""
    values = {"corr_id": f"corr-{identifier}", "payload": {"run_id": run_id, "of": identifier}, **fields}
    return Event(
        id=identifier, kind=Kind.EVENT, type=type_, version=1, run_id=run_id, ts=START, producer="test", **values
    )
