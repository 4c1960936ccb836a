"""The router in the database's transactions: each request has one child, of its own run's side."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.glados.runs.fakes import Clock, FakeRunner
from weaver.events.event import Event
from weaver.events.factory import EventFactory
from weaver.events.payloads import (
    StrategyCancelRequest,
    StrategyFetchWindow,
    StrategyLog,
    StrategyPlaceRequest,
    StrategyReplaceRequest,
)
from weaver.glados.router import DomainRouter
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.runners import RunContext
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 2, tzinfo=UTC)
CHILD = {
    "PlaceRequest": "PlaceOrder",
    "CancelRequest": "CancelOrder",
    "ReplaceRequest": "ReplaceOrder",
    "FetchWindow": "FetchWindow",
}
ORDER = {"client_order_id": None, "symbol": "A", "side": "buy", "quantity": "1", "order_type": "market"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqlDatabase]:
    ids = itertools.count()
    router = DomainRouter(new_id=lambda: f"routed-{next(ids)}")
    async with await open_database(
        "memory", home=tmp_path, now=lambda: NOW, new_id=lambda: "server", route=router
    ) as database:
        yield database


def run_of(number: int, mode: RunMode) -> Run:
    return Run(
        id=f"run-{number}", name="a run", strategy_id="s", mode=mode, status=RunStatus.PENDING, symbols=("A",),
        created_at=NOW,
    )  # fmt: skip


def requests(run: Run, events: EventFactory, count: int) -> list[Event]:
    """Requests of all kinds, with something else between them."""
    made = []
    for k in range(count):
        order_id = f"{run.id}-{k}"
        made += [
            events.event(StrategyPlaceRequest(run_id=run.id, order_id=order_id, **ORDER)),  # type: ignore[arg-type]
            events.event(StrategyLog(run_id=run.id, text="x", time=NOW)),
            events.event(StrategyCancelRequest(run_id=run.id, order_id=order_id)),
            events.event(StrategyReplaceRequest(run_id=run.id, order_id=f"{order_id}b", replaces=order_id, **ORDER)),  # type: ignore[arg-type]
            events.event(StrategyFetchWindow(run_id=run.id, symbol="A", timeframe="1h", bars=k + 1)),
        ]
    return made


class StandIn(FakeRunner):
    """A live runner that asks for things, as a strategy would, between other runs' requests."""

    def __init__(self, database: SqlDatabase, clock: Clock) -> None:
        super().__init__(work=self.ask, has_orders=False)
        self._database = database
        self._events = EventFactory(producer="strategy", now=clock.now, new_id=clock.new_id)

    async def ask(self, run: Run, context: RunContext) -> None:
        await context.has_worker()
        for event in requests(run, self._events, 10):
            async with self._database.transaction() as transaction:
                transaction.append(event)


async def test_many_runs_at_once_each_get_the_children_of_their_own_side(database: SqlDatabase, tmp_path: Path) -> None:
    clock = Clock()
    stand_in = StandIn(database, clock)
    manager = RunManager(
        database=database,
        log=database.log,
        runners=dict.fromkeys(RunMode, stand_in),
        workers=stand_in,
        catalogue=Catalogue(),
        bars=ParquetBarStore(tmp_path),
        threads=Threads("reading strategies", count=2, wait_seconds=10),
        now=clock.now,
        new_id=clock.new_id,
        wait=clock.wait,
        version="1",
    )
    runs = [run_of(number, list(RunMode)[number % 3]) for number in range(15)]
    async with database.transaction() as transaction:
        for run in runs:
            await transaction.runs.add(run)
    async with manager:
        await asyncio.gather(*(manager.start(run.id, confirm="a run", corr_id="c") for run in runs))
        while manager.task_count:
            await asyncio.sleep(0)
    events = await database.log.read(limit=10_000)
    parents = {event.id: event for event in events}
    children = [event for event in events if event.type.startswith(("backtest.", "live."))]
    wanted = Counter(event.id for event in events if event.kind == "cmd" and event.producer == "strategy")
    assert Counter(child.causation_id for child in children) == wanted
    assert len(children) == 15 * 40
    modes = {run.id: run.mode for run in runs}
    for child in children:
        parent = parents[child.causation_id or ""]
        assert (child.run_id, child.corr_id, child.payload) == (parent.run_id, parent.corr_id, parent.payload)
        domain = "backtest" if modes[child.run_id or ""] is RunMode.BACKTEST else "live"
        assert child.type == f"{domain}.{CHILD[parent.type.partition('.')[2]]}"
        assert (child.seq or 0) == (parent.seq or 0) + 1  # right behind it
    async with database.transaction() as transaction:
        for run in runs:
            found = await transaction.runs.find(run.id)
            assert found is not None
            assert found.status is RunStatus.COMPLETED


async def test_request_in_the_transaction_that_adds_its_run_is_routed(database: SqlDatabase) -> None:
    events = EventFactory(producer="strategy", now=lambda: NOW, new_id=Clock().new_id)
    run = run_of(1, RunMode.PAPER)
    async with database.transaction() as transaction:
        await transaction.runs.add(run)
        transaction.append(requests(run, events, 1)[0])
    types = [event.type for event in await database.log.read()]
    assert types == ["strategy.PlaceRequest", "live.PlaceOrder"]


async def test_request_of_nobody_goes_nowhere(database: SqlDatabase) -> None:
    events = EventFactory(producer="strategy", now=lambda: NOW, new_id=Clock().new_id)
    await database.log.append(requests(run_of(9, RunMode.LIVE), events, 1))
    assert [event.type for event in await database.log.read()] == [
        "strategy.PlaceRequest", "strategy.Log", "strategy.CancelRequest", "strategy.ReplaceRequest",
        "strategy.FetchWindow",
    ]  # fmt: skip


async def test_what_the_recorder_has_routed_is_not_routed_again(database: SqlDatabase) -> None:
    events = EventFactory(producer="recorder", now=lambda: NOW, new_id=Clock().new_id)
    run = run_of(1, RunMode.BACKTEST)
    async with database.transaction() as transaction:
        await transaction.runs.add(run)
        transaction.append(requests(run, events, 1)[0])
    assert [event.type for event in await database.log.read()] == ["strategy.PlaceRequest"]


async def test_modes_that_are_remembered_are_bounded(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.glados.router._MODES_MAX", 2)
    events = EventFactory(producer="strategy", now=lambda: NOW, new_id=Clock().new_id)
    for number in (0, 1, 2, 0, 1, 2):
        run = run_of(number, RunMode.LIVE)
        async with database.transaction() as transaction:
            if await transaction.runs.find(run.id) is None:
                await transaction.runs.add(run)
            transaction.append(requests(run, events, 1)[0])
    assert [event.type for event in await database.log.read()].count("live.PlaceOrder") == 6
