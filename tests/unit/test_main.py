"""The root of the server, where it does more than put parts together."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from weaver import main
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


async def test_runs_that_another_owner_left_are_recovered_when_the_database_is_regained() -> None:
    database, runs = Database(), Runs()
    both: Any = (database, runs)
    task = asyncio.create_task(main._recover_when_regained(*both))
    with capture_logs():
        for is_owner, recovered in ((False, 0), (True, 1), (False, 1), (True, 2)):
            await asyncio.sleep(0)
            database.own(is_owner)
            for _ in range(3):
                await asyncio.sleep(0)
            assert runs.recovered == recovered
    task.cancel()
    await asyncio.wait({task})
