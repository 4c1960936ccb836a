"""The whole of a service but its HTTP: database, router, pool with real processes, run manager."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from tests.pools import local_pool
from tests.shared_data import SAMPLES
from weaver.glados.pool.pool import LocalBacktestPool
from weaver.glados.router import DomainRouter
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.port import NewRun
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.run import Run, RunMode
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

MEMORY = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    database: SqlDatabase
    manager: RunManager
    pool: LocalBacktestPool
    bars: ParquetBarStore
    strategies: Path

    async def finished(self, run_id: str) -> Run:
        """Start a run and return it when it has ended."""
        await self.manager.start(run_id, confirm=None, corr_id="corr-start")
        return await self.ended(run_id)

    async def ended(self, run_id: str) -> Run:
        """A run, when it has ended."""
        while True:
            async with self.database.transaction() as transaction:
                run = await transaction.runs.find(run_id)
            assert run is not None
            if run.status.is_final:
                return run
            await asyncio.sleep(0.01)

    async def run(self, new: NewRun) -> Run:
        """Create a run, start it and return it when it has ended."""
        run = await self.manager.create(new, corr_id="corr-create")
        return await self.finished(run.id)


@asynccontextmanager
async def service(home: Path, *, url: str | None = "memory", memory_max_bytes: int = MEMORY) -> AsyncIterator[Service]:
    """A service in a folder, which must be the environment's WEAVER_HOME."""
    (home / "strategies").mkdir(parents=True, exist_ok=True)
    bars, catalogue = ParquetBarStore(home / "bars"), Catalogue(home / "strategies")
    database = await open_database(url, home=home, now=_now, new_id=_new_id, route=DomainRouter(new_id=_new_id))
    pool = local_pool(memory_max_bytes=memory_max_bytes, now=_now)
    manager = RunManager(
        database=database,
        log=database.log,
        runners={RunMode.BACKTEST: BacktestRunner(pool=pool)},
        workers=pool,
        catalogue=catalogue,
        bars=bars,
        threads=Threads("reading strategies", count=2, wait_seconds=10),
        now=_now,
        new_id=_new_id,
        wait=asyncio.sleep,
        version="0",
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database)
        stack.push_async_callback(pool.close)
        await stack.enter_async_context(manager)
        yield Service(database=database, manager=manager, pool=pool, bars=bars, strategies=home / "strategies")


def store_samples(bars: ParquetBarStore, names: Iterable[str]) -> None:
    """Put sample files (`AAPL_1d`) into a store, with the actions beside them."""
    for name in names:
        read = read_bars(SAMPLES / f"{name}.csv")
        beside = SAMPLES / f"{read.bars.symbol}_actions.csv"
        actions = read_corporate_actions(beside) if beside.is_file() else None
        bars.write(read.bars, read.instrument, actions, name)


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
