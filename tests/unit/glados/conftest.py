"""The application on fakes, with a client for it."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from tests.in_process import InProcessDeciders, PoolInProcess
from tests.unit.glados.fakes import (
    FakeClock,
    FakeIds,
    FakeProofs,
    FakeRunManager,
    FakeVenues,
    FaultyDatabase,
    NoVenues,
    database_in_memory,
)
from weaver.events.event import Event
from weaver.events.factory import EventFactory
from weaver.events.log.log import StoredEventLog
from weaver.glados.app import create_app
from weaver.glados.http.security import Gate, Sessions
from weaver.glados.jobs import Jobs
from weaver.glados.known_strategies import KnownStrategies
from weaver.glados.live.figures.portfolio import PortfolioCurves
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.live.proof.parity import Parity
from weaver.glados.metrics import Metrics
from weaver.glados.promotion.evidence import Evidence
from weaver.glados.promotion.promotions import Promotions
from weaver.glados.services import ServerFacts, Services
from weaver.glados.stream.hub import Hub
from weaver.glados.threads import ServerThreads
from weaver.glados.trading.store import KeptTradingStore
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.veda.manual.desk import Desk
from weaver.veda.notifications.notification import ALL_KINDS
from weaver.veda.notifications.notifier import Notifier
from weaver.veda.service import TradingService
from weaver.walle.bars.store import ParquetBarStore

TOKEN = "correct-horse-battery-staple"


async def nobody(_run_id: str) -> None:
    """There is no run."""


@dataclass(kw_only=True)
class Api:
    """A running application, what stands behind it, and a client."""

    app: FastAPI
    client: httpx.AsyncClient
    services: Services
    clock: FakeClock
    log: StoredEventLog
    database: FaultyDatabase
    runs: FakeRunManager
    logged: list[dict[str, Any]]
    happened: "count[int]" = field(default_factory=count)
    """Numbers for events that a test makes up."""

    async def events(self) -> list[Event]:
        """All that happened, once every subscriber has heard of it."""
        await self.log.settled()
        return await self.log.read(limit=100_000)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What the server's log says."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        yield lines


def services_on(*, facts: ServerFacts, new_token: Callable[[], str], **parts: Any) -> Services:
    """Services of these parts, and of those that are made of them."""
    metrics, log, wait = Metrics(), parts["log"], parts["wait"]
    store = KeptTradingStore(parts["database"])
    trading = TradingService(
        venues=parts.pop("venues", NoVenues()),
        store=store,
        events=EventFactory(producer="veda", now=parts["now"], new_id=parts["new_id"]),
        wall=FakeClock(),
        is_owner=parts["is_owner"],
    )
    live_results = LiveResults(store=store, aside=parts["threads"].results.do)
    evidence = Evidence(
        database=parts["database"],
        live_results=live_results,
        proofs=parts.pop("proofs", FakeProofs()),
        threads=parts["threads"].results,
    )
    return Services(
        trading=trading,
        live_results=live_results,
        promotions=Promotions(
            database=parts["database"], runs=parts["runs"], trading=trading, evidence=evidence, version=facts.version
        ),
        portfolio=PortfolioCurves(live_results, aside=parts["threads"].results.do),
        trading_store=store,
        parity=Parity(
            store=store,
            deciders=InProcessDeciders(),
            pool=PoolInProcess(),
            bars=parts["bars"],
            results=live_results,
            name_of=trading.name_of,
            aside=parts["threads"].results.do,
            now=parts["now"],
            new_id=parts["new_id"],
        ),
        desk=Desk(store=store, new_id=parts["new_id"]),
        notifier=Notifier(
            channels=(), kinds=ALL_KINDS, log=log, find_run=nobody, is_owner=parts["is_owner"], wait=parts["wait"]
        ),
        facts=facts,
        metrics=metrics,
        hub=Hub(log=log, wait=wait, on_event=metrics.event, on_reset=metrics.reset),
        gate=Gate(token=facts.token, sessions=Sessions(now=parts["now"], new_token=new_token)),
        known_strategies=KnownStrategies(catalogue=parts["catalogue"], threads=parts["threads"].strategies),
        **parts,
    )


@asynccontextmanager
async def running_api(
    folder: Path,
    logged: list[dict[str, Any]],
    *,
    token: str | None = None,
    base_url: str = "http://localhost:8000",
    queue_size_max: int = 10_000,
    parts: Mapping[str, Any] | None = None,
    **facts: Any,
) -> AsyncIterator[Api]:
    """The application, started, on a database in memory; `parts` are services that stand in their place."""
    values = {"version": "1.2.3", "host": "127.0.0.1", "port": 8000, **facts}
    known = ServerFacts(token=None if token is None else SecretStr(token), **values)
    async with database_in_memory(new_id=FakeIds("database")) as database:
        log = database.stored.log
        log.subscribe = partial(log.subscribe, queue_size_max=queue_size_max)  # type: ignore[method-assign]
        async with _application(folder, database, known, base_url, parts or {}, logged) as api:
            yield api


@asynccontextmanager
async def _application(
    folder: Path,
    database: FaultyDatabase,
    facts: ServerFacts,
    base_url: str,
    parts: Mapping[str, Any],
    logged: list[dict[str, Any]],
) -> AsyncIterator[Api]:
    clock, new_id, log = FakeClock(), FakeIds(), database.stored.log
    runs = FakeRunManager(database, now=clock.now, new_id=new_id)
    services = services_on(
        facts=facts,
        new_token=FakeIds("session"),
        **{
            "database": database, "log": log, "runs": runs, "catalogue": Catalogue(folder / "strategies"),
            "bars": ParquetBarStore(folder / "bars"), "jobs": Jobs(now=clock.now, new_id=new_id),
            "threads": ServerThreads.of(wait_seconds=5, uploads=2), "is_owner": lambda: True, "now": clock.now,
            "new_id": new_id, "wait": clock.wait, "open_history": FakeVenues(), **parts,
            "reader": None,  # no file is sent by what is tested here
            "pool": None,  # and no backtest is worked on
        },
    )  # fmt: skip
    app = create_app(services)
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 55555))
    async with (
        app.router.lifespan_context(app),
        services.jobs,
        httpx.AsyncClient(transport=transport, base_url=base_url) as client,
    ):
        yield Api(
            app=app,
            client=client,
            services=services,
            clock=clock,
            log=log,
            database=database,
            runs=runs,
            logged=logged,
        )


@pytest.fixture
def open_api(tmp_path: Path, logged: list[dict[str, Any]]) -> Callable[..., AbstractAsyncContextManager[Api]]:
    """`async with open_api(token=…, host=…) as api`."""
    return partial(running_api, tmp_path, logged)


@pytest.fixture
async def api(open_api: Callable[..., AbstractAsyncContextManager[Api]]) -> AsyncIterator[Api]:
    """The application without a token."""
    async with open_api() as opened:
        yield opened
