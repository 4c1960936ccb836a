"""How long an order's commit takes while a backtest's record is written, and while one is deleted.

The record is that of a real run of some 100,000 events, carried through the run manager; the orders are transactions
of an order, what is sent for it, and two events, which come at a rate whatever becomes of those before, as live runs'
do.
"""

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np

from tests.benchmarks import bounds
from tests.benchmarks.bars import SYMBOL
from tests.benchmarks.bounds import NONE, Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import short
from tests.benchmarks.service import prepare
from tests.benchmarks.whole_process import STRATEGIES
from tests.contracts.builders import event
from tests.contracts.trading_builders import order, submission
from tests.kill.storages import STORAGES, database
from tests.pools import local_pool
from tests.postgres import connect
from weaver.glados.ports import BacktestJob, BacktestOutcome
from weaver.glados.router import DomainRouter
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.manager import RunManager
from weaver.glados.stored.events import EVENTS, KeptEvents
from weaver.glados.threads import Threads
from weaver.glados.trading.store import KeptTradingStore
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database

RATE = 50
"""Orders a second."""
REST_SECONDS = 4.0
_CORR_ID = "benchmark"


class _Carried:
    """A pool whose only run has been carried out already."""

    workers, is_ready = 1, True

    def __init__(self, outcome: BacktestOutcome) -> None:
        self._outcome = outcome

    async def run(
        self,
        job: BacktestJob,
        *,
        started: Callable[[], Awaitable[None]],
        progress: Callable[[str, float], Awaitable[None]],
    ) -> BacktestOutcome:
        """See `BacktestPool`."""
        await started()
        return self._outcome

    async def check(self, run: Run) -> None:
        """See `BacktestPool`."""

    async def close(self) -> None:
        """See `BacktestPool`."""


class Orders:
    """Orders at a rate, and how long each took from when it was due, ms."""

    def __init__(self, store: SqlDatabase) -> None:
        self._kept = KeptTradingStore(store)
        self.milliseconds: list[float] = []

    async def during(self, work: Awaitable[object]) -> float:
        """Place orders until `work` is done; returns its seconds."""
        began, number = time.perf_counter(), 0
        async with asyncio.TaskGroup() as group:
            working = asyncio.ensure_future(work)
            while not working.done():
                due = began + number / RATE
                await asyncio.wait([working], timeout=max(0.0, due - time.perf_counter()))
                if not working.done():
                    group.create_task(self._order(due))
                number += 1
            seconds = time.perf_counter() - began
        await working
        return seconds

    async def _order(self, due: float) -> None:
        placed = order(0, id=uuid4().hex, run_id=None)
        payload = {"order_id": placed.id}
        async with self._kept.transaction() as transaction:
            await transaction.put_orders([placed])
            await transaction.put_submissions([submission(placed)])
            for type_ in ("orders.Created", "orders.Submitted"):
                transaction.append(event(type_, id=f"{placed.id}.{type_}", payload=payload))
        self.milliseconds.append((time.perf_counter() - due) * 1000)


def measure(count: int, rounds: int) -> Iterator[str | list[Check]]:
    """On each database that is kept. Yields progress, then the checks."""
    gc.set_threshold(100_000, 20, 20)  # as the server has it
    checks: list[Check] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        yield f"a backtest of {count:,} bars"
        prepare(home, count)
        run, outcome = asyncio.run(_carried_out(home))
        for storage in STORAGES:
            yield f"{storage}: orders while a record is written and deleted, {rounds} times"
            with database(storage) as url:
                checks += asyncio.run(_measured(Path(folder) / storage, storage, url, run, outcome, rounds))
    yield checks


async def _carried_out(home: Path) -> tuple[Run, BacktestOutcome]:
    """A run and all that it left."""
    pool = local_pool(environment={**os.environ, "WEAVER_HOME": str(home)})
    run = Run(
        id="benchmark-run", name="a run", strategy_id="sma-on-bar", mode=RunMode.BACKTEST, symbols=(SYMBOL,),
        timeframe="1m", created_at=datetime.now(UTC),
        options={"cash": 1_000_000, "costs": {"commission_bps": 10}, "lookahead_check": False},
        strategy_source=STRATEGIES.read_text(),
    )  # fmt: skip
    try:
        outcome = await pool.run(BacktestJob(run=run, corr_id=_CORR_ID), started=_nothing, progress=_no_progress)
    finally:
        await pool.close()
    if not isinstance(outcome, BacktestOutcome):
        raise outcome.error
    return run, outcome


async def _measured(
    home: Path, storage: str, url: str | None, run: Run, outcome: BacktestOutcome, rounds: int
) -> list[Check]:
    async with _house(home, url, outcome) as (store, manager):
        await _recorded(store, manager, run)  # files have the size then that they have in use
        await _deleted(store, manager, run)
        rest, writing, deleting = Orders(store), Orders(store), Orders(store)
        await rest.during(asyncio.sleep(REST_SECONDS))
        written, deleted = [], []
        for _ in range(rounds):
            await _checkpoint(url)
            written.append(await writing.during(_recorded(store, manager, run)))
            deleted.append(await deleting.during(_deleted(store, manager, run)))
    events = len(outcome.events) + len(KeptEvents(outcome.result.blobs[EVENTS]))
    what = f"{storage}: an order's commit while a record of {events:,} events"
    return [
        _check(f"{storage}: an order's commit, nothing else going on", rest.milliseconds),
        _check(f"{what} is written", writing.milliseconds, bounds.ORDER_COMMIT),
        _check("the same, while it is deleted", deleting.milliseconds),
        _seconds(f"{storage}: the record written, with {RATE} orders/s beside it", written),
        _seconds(f"{storage}: the record deleted, with {RATE} orders/s beside it", deleted),
    ]


@asynccontextmanager
async def _house(
    home: Path, url: str | None, outcome: BacktestOutcome
) -> AsyncIterator[tuple[SqlDatabase, RunManager]]:
    """A database, and a run manager on it."""
    home.mkdir()
    store = await open_database(url, home=home, now=_now, new_id=_new_id, route=DomainRouter(new_id=_new_id))
    async with store:
        pool = _Carried(outcome)
        manager = RunManager(
            database=store, log=store.log, runners={RunMode.BACKTEST: BacktestRunner(pool=pool)}, workers=pool,
            catalogue=Catalogue(home / "strategies"), bars=ParquetBarStore(home / "bars"),
            threads=Threads("reading strategies", count=1, wait_seconds=10), now=_now, new_id=_new_id,
            wait=asyncio.sleep, version="0",
        )  # fmt: skip
        async with manager:
            yield store, manager


async def _checkpoint(url: str | None) -> None:
    """PostgreSQL makes new files for its write-ahead log in the midst of commits, some 60 ms each, unless it has old
    ones that a checkpoint has set free, as it has in use."""
    if url is not None:
        connection = await connect(url)
        await connection.execute("CHECKPOINT")
        await connection.close()


async def _recorded(store: SqlDatabase, manager: RunManager, run: Run) -> None:
    """Keep a run, start it, and return when it is completed."""
    async with store.transaction() as transaction:
        await transaction.runs.add(replace(run, status=RunStatus.PENDING))
    ended = asyncio.Event()
    subscription = store.log.subscribe(_nothing_of, predicate=lambda one: one.type == "run.Completed" and _set(ended))
    await manager.start(run.id, confirm=None, corr_id=_CORR_ID)
    await ended.wait()
    while manager.task_count:
        await asyncio.sleep(0)
    await store.log.unsubscribe(subscription)


async def _deleted(store: SqlDatabase, manager: RunManager, run: Run) -> None:
    """Delete a run, and return when nothing is left of it, however long that takes."""
    await manager.delete(run.id, corr_id=_CORR_ID)
    while await _withheld(store):
        await asyncio.sleep(0.05)


async def _withheld(store: SqlDatabase) -> list[str]:
    async with store.transaction() as transaction:
        return await transaction.withheld.all()


def _set(ended: asyncio.Event) -> bool:
    ended.set()
    return False


def _check(what: str, milliseconds: list[float], bounds: Bounds = NONE) -> Check:
    values = np.array(milliseconds)
    spread = f"median {short(float(np.median(values)))}, highest {short(float(values.max()))}, n = {len(values):,}"
    measured = float(np.percentile(values, 99))
    return Check(what=f"{what}, 99th percentile", measured=measured, unit="ms", spread=spread, bounds=bounds)


def _seconds(what: str, seconds: list[float]) -> Check:
    spread = f"{short(min(seconds))}–{short(max(seconds))}, n = {len(seconds)}"
    return Check(what=what, measured=float(np.median(seconds)), unit="s", spread=spread)


async def _nothing() -> None:
    """Nobody waits for the worker."""


async def _no_progress(_stage: str, _fraction: float) -> None:
    """Nobody looks on."""


async def _nothing_of(_event: object) -> None:
    """Never called: the predicate says no."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid4().hex
