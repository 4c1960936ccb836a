"""The application with a real bar store, real strategies and real jobs, on a database in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.glados.clock.fakes import FakeWallClock, utc
from tests.unit.glados.conftest import services_on
from tests.unit.glados.fakes import FakeIds, FakeVenues, FaultyDatabase, database_in_memory
from weaver.glados.app import create_app
from weaver.glados.ids import TimeOrderedIds, new_token
from weaver.glados.jobs import Jobs
from weaver.glados.limits import Limits
from weaver.glados.pool.reading import Reading, imported, previewed
from weaver.glados.schemas.market.data import ImportResponse, PreviewResponse
from weaver.glados.services import ServerFacts
from weaver.glados.threads import ServerThreads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.walle.bars.store import ParquetBarStore

UPLOAD_BYTES_MAX = 200_000
LIMITS = Limits(upload_bytes_max=UPLOAD_BYTES_MAX)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class InProcess:
    """Reads files in this process, as the server's readers do in theirs."""

    def __init__(self, bars: ParquetBarStore) -> None:
        self._bars = bars

    async def preview(self, reading: Reading) -> PreviewResponse:
        return await asyncio.to_thread(previewed, self._bars, reading)

    async def store(self, reading: Reading, *, keep: bool, read_done: Callable[[], None]) -> ImportResponse:
        return await asyncio.to_thread(imported, self._bars, reading, keep=keep, read_done=read_done)


class Scene:
    """A server's parts, as a test sets and reads them."""

    def __init__(self, folder: Path, database: FaultyDatabase, limits: Limits = LIMITS) -> None:
        self.wall = FakeWallClock(utc("2024-05-06 10:00"))
        self.log = database.stored.log
        self.bars = ParquetBarStore(folder / "bars")
        self.strategies = folder / "strategies"
        self.strategies.mkdir(parents=True)
        self.is_owner = True
        new_id = TimeOrderedIds(now=self.wall.now)
        self.threads = ServerThreads.of(wait_seconds=5, uploads=4)
        self.venues = FakeVenues()
        self.jobs = Jobs(now=self.wall.now, new_id=new_id, queue_size_max=3)
        self.services = services_on(
            facts=ServerFacts(version="1", host="127.0.0.1", port=80, token=None, limits=limits),
            database=database, runs=None,  # not asked by what is tested here
            log=self.log, catalogue=Catalogue(self.strategies), bars=self.bars, jobs=self.jobs, threads=self.threads,
            pool=None, reader=InProcess(self.bars), is_owner=lambda: self.is_owner, now=self.wall.now, new_id=new_id,
            new_token=new_token, wait=self.wall.sleep, open_history=self.venues,
        )  # fmt: skip
        transport = httpx.ASGITransport(app=create_app(self.services), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1/api/v1")

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post_file(self, path: str, content: bytes, name: str = "ABC_1d.csv", **fields: str) -> httpx.Response:
        return await self.client.post(path, files={"file": (name, content)}, data=fields)

    async def imported(self, content: bytes, name: str = "ABC_1d.csv", **fields: str) -> Any:
        """The job of an import, when it is over."""
        answer = await self.post_file("/data/import", content, name, **fields)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
        while (job := await self.get(f"/jobs/{answer.json()['id']}"))["finished_at"] is None:
            await asyncio.sleep(0.005)
        return job


@asynccontextmanager
async def scene_in(folder: Path, limits: Limits = LIMITS) -> AsyncIterator[Scene]:
    """A scene whose jobs and client are open."""
    async with database_in_memory(new_id=FakeIds("database")) as database:
        found = Scene(folder, database, limits)
        async with found.jobs, found.client:
            yield found


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    async with scene_in(tmp_path) as found:
        yield found
    assert list(temporary.iterdir()) == []  # no upload is left behind
