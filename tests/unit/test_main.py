"""The root of the server, with parts of a test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
import pytest

from tests.shared_data import SAMPLES
from tests.unit.glados.clock.fakes import utc
from tests.unit.glados.fakes import FakeClock, FakeIds
from tests.unit.glados.runs.fakes import new_run
from tests.unit.glados.runs.live import LiveRunner, Venue
from tests.unit.veda.notifications.told import FakeSender
from weaver.config import Settings
from weaver.glados.app import create_app
from weaver.glados.clock.ports import WallClock
from weaver.glados.live.session import LiveSessions
from weaver.glados.ports import BacktestJob, BacktestOutcome, BacktestPool, BrokenBacktest, Database, NewId, Progress
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.runners import Runner
from weaver.glados.threads import ServerThreads
from weaver.main import started
from weaver.model.errors import InputError, StrategyError
from weaver.model.run import Run, RunMode, RunStatus
from weaver.server.parts import Parts
from weaver.veda.notifications.ports import Sender
from weaver.walle.bars.importing import import_file
from weaver.walle.bars.store import ParquetBarStore

pytestmark = pytest.mark.anyio
NOON = utc("2031-05-06 12:00")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Pool:
    """Takes every strategy but one, and runs none."""

    workers = 7
    is_ready = True

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.is_closed = False

    def start(self) -> None:
        raise AssertionError("nothing is served here")

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        raise NotImplementedError(job)

    async def check(self, run: Run) -> None:
        self.checked.append(run.strategy_id)
        if run.config:
            raise StrategyError("it takes no parameters")

    async def close(self) -> None:
        self.is_closed = True


class Others(Parts):
    """A clock, ids, a pool and runners of the test's."""

    def __init__(self) -> None:
        self.own_pool = Pool()

    def wall(self) -> WallClock:
        return FakeClock(NOON)

    def new_id(self, wall: WallClock) -> NewId:
        return FakeIds()

    def new_token(self) -> str:
        return "a-cookie"

    def pool(self, settings: Settings, *, wall: WallClock, new_id: NewId) -> BacktestPool:
        return self.own_pool

    def runners(
        self, pool: BacktestPool, database: Database, sessions: LiveSessions, *, wall: WallClock
    ) -> Mapping[RunMode, Runner]:
        return {mode: BacktestRunner(pool=pool) for mode in (RunMode.BACKTEST, RunMode.PAPER)}


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


class Notifying(Others):
    """Sends nothing for real."""

    def __init__(self) -> None:
        super().__init__()
        self.fake_sender = FakeSender()

    def sender(self, settings: Settings) -> Sender:
        return self.fake_sender


async def test_channels_are_made_of_the_urls_that_are_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up = {"WEAVER_HOME": str(tmp_path), "DB_URL": "memory", "NOTIFY_URLS": "json://one/ tgram://two/"}
    for name, value in {**set_up, "NOTIFY_KINDS": "feed, daily_summary"}.items():
        monkeypatch.setenv(name, value)
    parts = Notifying()
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            behind = await started(Settings(), parts, stack=stack, port=8420, threads=threads)
            notifier = behind.services.notifier
            assert [one.scheme for one in notifier.channels] == ["json", "tgram"]
            assert sorted(map(str, notifier.kinds)) == ["daily_summary", "feed"]
            await notifier.test()
    assert [url for url, _ in parts.fake_sender.sent] == ["json://one/", "tgram://two/"]


@pytest.mark.parametrize(
    ("is_installed", "reason"),
    [
        (True, r"Apprise cannot use number 2 \(wrong\)"),
        (False, r"Apprise is not installed: pip install 'weaver\[notify\]'"),
    ],
)
async def test_channel_that_cannot_be_used_is_refused_without_its_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_installed: bool, reason: str
) -> None:
    for name, value in {"WEAVER_HOME": str(tmp_path), "NOTIFY_URLS": "json://one/ wrong://hunter2secret"}.items():
        monkeypatch.setenv(name, value)
    if not is_installed:
        monkeypatch.setattr("weaver.server.notifying.find_spec", lambda _name: None)
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            with pytest.raises(InputError, match=reason) as caught:
                await started(Settings(), Notifying(), stack=stack, port=8420, threads=threads)
    assert "hunter2" not in str(caught.value)
