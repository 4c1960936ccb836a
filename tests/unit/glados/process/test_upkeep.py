"""What the server does unasked."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from weaver.glados.process import upkeep
from weaver.model.errors import Unavailable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Database:
    """Can lose and regain its ownership."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[bool], None]] = []

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        self.callbacks.append(callback)

    def own(self, is_owner: bool) -> None:
        for callback in self.callbacks:
            callback(is_owner)


class Runs:
    """Counts how often it recovered; fails the first time."""

    recovered = 0

    async def recover(self) -> None:
        self.recovered += 1
        if self.recovered == 1:
            raise Unavailable("it went away again")


class Wall:
    """A clock whose waits end when the test says so."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await self.over.wait()
        self.over.clear()


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def test_runs_that_another_owner_left_are_recovered_when_the_database_is_regained() -> None:
    database, runs, wall = Database(), Runs(), Wall()
    task = asyncio.create_task(upkeep.recover_when_needed(database, runs.recover, wall.sleep, is_recovered=True))
    with capture_logs() as told:
        await settle()
        database.own(False)
        await settle()
        assert runs.recovered == 0
        database.own(True)
        await settle()
        assert (runs.recovered, wall.waits) == (1, [upkeep.RECOVER_AGAIN_SECONDS])  # it failed, and is tried again
        wall.over.set()
        await settle()
        assert runs.recovered == 2
        database.own(True)
        await settle()
        assert runs.recovered == 3
    assert [line["event"] for line in told] == ["not_recovered"]
    task.cancel()
    await asyncio.wait({task})


async def test_runs_that_cannot_be_marked_at_the_start_hold_up_nothing_and_are_marked_later() -> None:
    database, runs, wall = Database(), Runs(), Wall()
    with capture_logs():
        assert not await upkeep.recovered(runs.recover)
    task = asyncio.create_task(upkeep.recover_when_needed(database, runs.recover, wall.sleep, is_recovered=False))
    await settle()
    assert runs.recovered == 1
    wall.over.set()
    await settle()
    assert runs.recovered == 2
    task.cancel()
    await asyncio.wait({task})


@pytest.mark.parametrize(("fails", "told"), [(False, []), (True, ["background_work_failed"])])
async def test_background_work_is_told_of_only_where_it_failed(fails: bool, told: list[str]) -> None:
    async def work() -> None:
        if fails:
            raise Unavailable("nobody expected that")

    with capture_logs() as lines:
        async with upkeep.in_background(work()):  # it ends long before the block
            await settle()
        async with upkeep.in_background(asyncio.sleep(3600)):
            await settle()
    assert [line["event"] for line in lines] == told
