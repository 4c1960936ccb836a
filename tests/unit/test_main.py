"""The root of the server, with parts of a test's own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
import pytest

from tests.shared_data import SAMPLES
from tests.unit.glados.runs.fakes import new_run
from tests.unit.glados.runs.live import LiveRunner, Venue
from tests.unit.server.others import Others, Pool
from weaver.config import Settings
from weaver.glados.app import create_app
from weaver.glados.clock.ports import WallClock
from weaver.glados.live.session import LiveSessions
from weaver.glados.ports import BacktestPool, Database, NewId
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.runners import Runner
from weaver.glados.threads import ServerThreads
from weaver.main import started
from weaver.model.run import RunMode, RunStatus
from weaver.server.parts import Parts
from weaver.walle.bars.importing import import_file
from weaver.walle.bars.store import ParquetBarStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def parts() -> Others:
    return Others()


@pytest.fixture
async def client(tmp_path: Path, parts: Others, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The application that the root puts together, without a server before it."""
    for name, value in {"WEAVER_HOME": tmp_path, "DB_URL": "memory", "SECURITY_API_TOKEN": "t" * 20}.items():
        monkeypatch.setenv(name, str(value))
    settings = Settings()
    import_file(ParquetBarStore(settings.bars_folder), SAMPLES / "AAPL_1d.csv", symbol="AAPL", source="AAPL_1d.csv")
    settings.strategies_folder.mkdir()
    settings.uploads_folder.mkdir()
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            behind = await started(settings, parts, stack=stack, port=8420, threads=threads)
            app = create_app(behind.services)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app=app)
            yield await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=transport, base_url="http://127.0.0.1/api/v1", headers={"X-API-Key": "t" * 20}
                )
            )


RUN = {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}


@pytest.mark.parametrize("mode", ["backtest", "paper"])
async def test_run_of_a_mode_with_a_runner_is_made_by_the_parts_that_were_given(
    client: httpx.AsyncClient, parts: Others, mode: str
) -> None:
    answer = await client.post("/runs", json={**RUN, "mode": mode})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["created_at"], answer.json()["mode"]) == ("2031-05-06T12:00:00Z", mode)
    assert answer.json()["id"].startswith("id-")
    assert parts.own_pool.checked == ["sma-crossover"]


async def test_mode_without_a_runner_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.post("/runs", json={**RUN, "mode": "live"})).status_code == 503


async def test_pool_that_was_given_has_the_last_word_on_a_strategy(client: httpx.AsyncClient) -> None:
    answer = await client.post("/runs", json={**RUN, "config": {"fast": 3}})
    assert (answer.status_code, answer.json()["message"]) == (400, "it takes no parameters")


async def test_metrics_tell_of_the_pool_that_was_given(client: httpx.AsyncClient) -> None:
    assert "weaver_workers 7.0" in (await client.get("/metrics")).text


async def test_session_has_the_token_that_was_made(client: httpx.AsyncClient) -> None:
    answer = await client.post("/session", json={"token": "t" * 20})
    assert answer.cookies["weaver_session"] == "a-cookie"


async def test_pool_is_closed_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAVER_HOME", str(tmp_path))
    monkeypatch.setenv("DB_URL", "memory")
    parts = Others()
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            await started(Settings(), parts, stack=stack, port=8420, threads=threads)
            assert not parts.own_pool.is_closed
    assert parts.own_pool.is_closed


class Trading(Parts):
    """A live runner on a venue that outlives the server."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.live: list[LiveRunner] = []

    def pool(self, settings: Settings, *, wall: WallClock, new_id: NewId) -> BacktestPool:
        return Pool()

    def runners(
        self, pool: BacktestPool, database: Database, sessions: LiveSessions, *, wall: WallClock
    ) -> Mapping[RunMode, Runner]:
        self.live.append(LiveRunner(database, self.venue))
        return {RunMode.BACKTEST: BacktestRunner(pool=pool), RunMode.LIVE: self.live[-1]}

    async def trades(self) -> None:
        """Return when the newest server's run has sent its orders."""
        async with asyncio.timeout(60):
            while "trading" not in self.live[-1].places:
                await asyncio.sleep(0.001)


async def test_live_run_goes_on_at_the_next_start_of_the_server_and_is_stopped_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEAVER_HOME", str(tmp_path))
    settings, parts = Settings(), Trading(Venue(held=3))
    settings.strategies_folder.mkdir()
    settings.uploads_folder.mkdir()
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            runs = (await started(settings, parts, stack=stack, port=8420, threads=threads)).runs
            run = await runs.create(new_run(mode=RunMode.LIVE, name="mine"), corr_id="c")
            await runs.start(run.id, confirm="mine", corr_id="c")
            await parts.trades()
        async with AsyncExitStack() as stack:
            behind = await started(settings, parts, stack=stack, port=8420, threads=threads)
            await parts.trades()
            assert (await behind.runs.stop(run.id, flatten=True, corr_id="c")).status is RunStatus.STOPPED
            types = [event.type for event in await behind.database.log.read()]
    assert types == ["run.Created", "run.Started", "run.Resumed", "run.StopRequested", "run.Stopped"]
    assert (parts.venue.sent, parts.venue.working, parts.venue.held) == ([f"{run.id}-1"], set(), 0)
