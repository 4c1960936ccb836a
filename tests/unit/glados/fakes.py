"""Stand-ins for what the HTTP API works with: small, in memory, and honest to their ports."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from weaver.events.event import Event, Kind
from weaver.events.factory import EventFactory
from weaver.events.filter import ALL_EVENTS, EventFilter
from weaver.events.log.ports import Bounds, Handler
from weaver.events.payloads import Payload, RunCreated, RunDeleted, RunStarted, RunStopped
from weaver.glados.ports import Page, Query, Row, StoredResult, Transaction, WithheldRecords
from weaver.glados.runs.port import Load, NewRun
from weaver.model.errors import Conflict, InputError, NotFound, Unavailable
from weaver.model.run import Run, RunMode, RunStatus, RunStep

START = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is moved, and waits that end when it passes their end."""

    def __init__(self) -> None:
        self.time = START
        self._waits: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.time

    async def wait(self, seconds: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits.append((self.time + timedelta(seconds=seconds), done))
        await done

    async def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        for until, done in self._waits:
            if until <= self.time and not done.done():
                done.set_result(None)
        self._waits = [(until, done) for until, done in self._waits if not done.done()]
        for _ in range(10):
            await asyncio.sleep(0)


class FakeIds:
    """id-1, id-2 …"""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix, self._count = prefix, count(1)

    def __call__(self) -> str:
        return f"{self._prefix}-{next(self._count)}"


class FakeLog:
    """A log that hands each event to its subscribers before `append` returns."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.handlers: dict[str, tuple[Handler, Callable[[], None] | None]] = {}
        self.is_away = False
        self._next, self._ids = count(1), FakeIds("subscription")

    async def append(self, events: Sequence[Event]) -> None:
        placed = [replace(event, seq=next(self._next)) for event in events]
        self.events += placed
        for event in placed:
            for handler, _ in list(self.handlers.values()):
                await handler(event)

    async def read(
        self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0, limit: int = 1000, skip: int = 0
    ) -> list[Event]:
        self._answer()
        is_wanted = wanted.matcher()
        found = [event for event in self.events if (event.seq or 0) > after and is_wanted(event)]
        return found[skip : skip + limit]

    async def count(self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0) -> int:
        return len(await self.read(wanted, after=after, limit=10**9))

    async def bounds(self) -> Bounds:
        self._answer()
        seqs = [event.seq or 0 for event in self.events]
        return Bounds(min(seqs, default=0), max(seqs, default=0))

    async def contains(self, seq: int) -> bool:
        self._answer()
        return any(event.seq == seq for event in self.events)

    def subscribe(
        self,
        handler: Handler,
        *,
        types: Iterable[str] = ("*",),
        predicate: Callable[[Event], bool] | None = None,
        queue_size_max: int = 10_000,
        on_overflow: Callable[[], None] | None = None,
    ) -> str:
        assert tuple(types) == ("*",)
        identifier = self._ids()
        self.handlers[identifier] = (handler, on_overflow)
        return identifier

    async def unsubscribe(self, subscription_id: str) -> None:
        self.handlers.pop(subscription_id, None)

    def drop_all(self) -> None:
        """What a log does to a subscriber that falls behind."""
        dropped, self.handlers = self.handlers, {}
        for _, on_overflow in dropped.values():
            if on_overflow is not None:
                on_overflow()

    @property
    def subscriber_count(self) -> int:
        return len(self.handlers)

    async def offset(self, consumer: str) -> int:
        raise NotImplementedError(consumer)

    async def advance(self, consumer: str, seq: int) -> None:
        raise NotImplementedError(consumer, seq)

    async def settled(self) -> None:
        return

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        before = len(self.events)
        self.events = [event for event in self.events if keep(event.type) or (event.seq or 0) > older_than_seq]
        return before - len(self.events)

    def _answer(self) -> None:
        if self.is_away:
            raise Unavailable("the database does not answer")


def _page(rows: Sequence[Any], query: Query, get: Callable[[Any, str], Any]) -> Page[Any]:
    kept = [row for row in rows if all(str(get(row, c)) in map(str, values) for c, values in query.filters.items())]
    if query.sort:
        column = query.sort.removeprefix("-")
        if column not in {"created_at", "name", "quantity", "number", "symbol"}:
            raise InputError(f"sort: there is no column {column!r}")
        kept.sort(key=lambda row: get(row, column), reverse=query.sort.startswith("-"))
    first = (query.page - 1) * query.page_size
    return Page(items=kept[first : first + query.page_size], total=len(kept))


class FakeDatabase:
    """Rows in dictionaries; a transaction's rows stay also where it is rolled back, which no test here needs."""

    storage = "sqlite"
    write_fault: str | None = None

    def __init__(self, log: FakeLog) -> None:
        self.log, self.is_away = log, False
        self.stored_runs: dict[str, Run] = {}
        self.tables: dict[str, list[Row]] = {"orders": [], "fills": [], "trades": []}
        self.results: dict[str, StoredResult] = {}

    @asynccontextmanager
    async def transaction(self, *, patient: bool = False, durable: bool = True) -> AsyncIterator[Transaction]:
        await self.ping()
        transaction = _FakeTransaction(self)
        yield transaction
        await self.log.append(transaction.appended)

    async def ping(self) -> None:
        if self.is_away:
            raise Unavailable("the database at postgresql://weaver:hunter2@db does not answer")


class _FakeTransaction:
    def __init__(self, database: FakeDatabase) -> None:
        self.runs, self.records = _FakeRuns(database), _FakeRecords(database)
        self.appended: list[Event] = []

    @property
    def withheld(self) -> WithheldRecords:
        raise AssertionError("the API neither writes nor removes records")

    def append(self, *events: Event) -> None:
        self.appended += events


class _FakeRuns:
    def __init__(self, database: FakeDatabase) -> None:
        self._rows = database.stored_runs

    async def add(self, run: Run) -> None:
        self._rows[run.id] = run

    async def find(self, run_id: str) -> Run | None:
        return self._rows.get(run_id)

    async def list(self, query: Query) -> Page[Run]:
        newest_first = list(reversed(self._rows.values()))
        return _page(newest_first, query, getattr)

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        if self._rows[run.id].status is not expected:
            return False
        self._rows[run.id] = run
        return True

    async def hold(self, run_id: str, *, expected: RunStatus) -> bool:
        return run_id in self._rows and self._rows[run_id].status is expected


class _FakeRecords:
    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def add_orders(self, rows: Sequence[Row]) -> None:
        self._database.tables["orders"] += rows

    async def add_fills(self, rows: Sequence[Row]) -> None:
        self._database.tables["fills"] += rows

    async def add_trades(self, rows: Sequence[Row]) -> None:
        self._database.tables["trades"] += rows

    async def add_result(self, run_id: str, result: StoredResult) -> None:
        self._database.results[run_id] = result

    async def add_blob(self, run_id: str, name: str, content: bytes, *, part: int = 0) -> None:
        result = self._database.results[run_id]
        whole = {**result.blobs, name: result.blobs.get(name, b"") + content}
        self._database.results[run_id] = replace(result, blobs=whole)

    async def find_result(self, run_id: str, *, blobs: Collection[str] = ()) -> StoredResult | None:
        found = self._database.results.get(run_id)
        return found and replace(found, blobs={name: found.blobs[name] for name in blobs if name in found.blobs})

    async def rows(self, table: str, run_id: str | None, query: Query) -> Page[Row]:
        rows = [row for row in self._database.tables[table] if run_id in (None, row["run_id"])]
        return _page(rows, query, lambda row, column: row[column])

    async def find_row(self, table: str, row_id: str) -> Row | None:
        return next((row for row in self._database.tables[table] if row["id"] == row_id), None)


class FakeRunManager:
    """Keeps the rules of a run's states; starting one leaves it running until it is stopped."""

    def __init__(self, database: FakeDatabase, *, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database, self._now, self._new_id = database, now, new_id
        self._events = EventFactory(producer="fake", now=now, new_id=new_id)
        self.asked: list[NewRun] = []
        self.flattened: list[bool] = []
        self.failure: Exception | None = None
        self.load = Load(running=1, queued=2, workers=3, is_ready=True)

    async def create(self, new: NewRun, *, corr_id: str) -> Run:
        self.asked.append(new)
        if self.failure is not None:
            raise self.failure
        if new.mode is not RunMode.BACKTEST:
            raise Unavailable("no venue is connected")
        run = a_run(self._new_id(), new=new, created_at=self._now())
        return await self._keep(
            run, RunCreated(run_id=run.id, name=run.name, strategy_id="s", mode="backtest"), corr_id
        )

    async def start(self, run_id: str, *, confirm: str | None, corr_id: str) -> Run:
        run = self._step(run_id, RunStep.START)
        if confirm not in (None, run.name):
            raise InputError(f"confirm {confirm!r} is not the run's name")
        return await self._keep(replace(run, queued=True), RunStarted(run_id=run_id, queued=True), corr_id)

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        self.flattened.append(flatten)
        return await self._keep(self._step(run_id, RunStep.STOP), RunStopped(run_id=run_id, reason="asked"), corr_id)

    async def clone(self, run_id: str, *, corr_id: str) -> Run:
        run = replace(self._run(run_id), id=self._new_id(), status=RunStatus.PENDING, cloned_from=run_id)
        created = RunCreated(run_id=run.id, name=run.name, strategy_id=run.strategy_id, mode="backtest")
        return await self._keep(run, created, corr_id)

    async def delete(self, run_id: str, *, corr_id: str) -> None:
        if self._run(run_id).status is RunStatus.RUNNING:
            raise Conflict(f"run {run_id} is running: stop it first")
        del self._database.stored_runs[run_id]
        await self._database.log.append([self._events.event(RunDeleted(run_id=run_id), corr_id=corr_id)])

    def _run(self, run_id: str) -> Run:
        try:
            return self._database.stored_runs[run_id]
        except KeyError:
            raise NotFound(f"there is no run {run_id!r}") from None

    def _step(self, run_id: str, step: RunStep) -> Run:
        return self._run(run_id).step(step, at=self._now())

    async def _keep(self, run: Run, payload: Payload, corr_id: str) -> Run:
        self._database.stored_runs[run.id] = run
        await self._database.log.append([self._events.event(payload, corr_id=corr_id)])
        return run


def a_run(identifier: str, *, new: NewRun | None = None, created_at: datetime = START, **fields: Any) -> Run:
    """A pending backtest."""
    asked: Mapping[str, Any] = {}
    if new is not None:
        asked = {
            name: getattr(new, name)
            for name in ("strategy_id", "mode", "symbols", "timeframe", "start_time", "end_time", "config", "options")
        }
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
