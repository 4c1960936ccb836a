"""An owner that was stopped while another process took the database over changes nothing more: with real processes."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.contracts.builders import on_kept, on_postgresql
from tests.contracts.owner_process import MARK
from tests.postgres import connect
from weaver.glados.trading.store import KeptTradingStore
from weaver.walle.database.opening import open_reader

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("storage", ["sqlite"])


class Server:
    """A process that owns the database, or would."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def send(self, *lines: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())

    async def answer(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            while line := (await self._process.stdout.readline()).decode():
                if line.startswith(MARK):
                    return line.removeprefix(MARK).strip()
        raise AssertionError("it has ended")

    async def ask(self, line: str) -> str:
        self.send(line)
        return await self.answer()

    def stop(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    async def end(self) -> None:
        if self._process.returncode is None:
            self.go_on()
            self._process.kill()
        await self._process.wait()


class House:
    """A database, and the processes on it."""

    def __init__(self, url: str | None, home: Path, stack: AsyncExitStack) -> None:
        self.url, self.home, self._stack = url, home, stack

    async def start(self) -> Server:
        """One more process, which may not have opened the database yet."""
        command = (sys.executable, "-m", "tests.contracts.owner_process", self.url or "-", str(self.home))
        server = Server(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE))
        self._stack.push_async_callback(server.end)
        return server

    async def owner(self) -> Server:
        """A process that has become the owner."""
        server = await self.start()
        assert await server.answer() == "owner True"
        return server

    async def let_go(self) -> None:
        """Have the owner's lock free while its process is there: the server has lost the connection that holds it, as
        by a cut in the network; somebody has removed the lock file."""
        if self.url is None:
            (self.home / "weaver.db.owner").unlink()
            return
        outside = await connect(self.url)
        try:
            await outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE '%-link' AND datname = current_database()"
            )
        finally:
            await outside.close()

    async def kept(self) -> list[str]:
        """What was committed: states, of which each has its event."""
        async with await open_reader(self.url, home=self.home) as database:
            states = list(await KeptTradingStore(database).states(""))
            assert sorted(event.id for event in await database.log.read()) == states
        return states


@pytest.fixture
async def house(request: pytest.FixtureRequest, storage: str, tmp_path: Path) -> AsyncIterator[House]:
    url = request.getfixturevalue("postgres_url") if storage == "postgresql" else None
    async with AsyncExitStack() as stack:
        yield House(url, tmp_path, stack)


@on_kept
async def test_an_owner_that_wakes_after_a_takeover_keeps_and_sends_nothing(house: House, storage: str) -> None:
    old = await house.owner()
    assert await old.ask("write a1") == "ok"
    assert await old.ask("check") == "ok"
    old.stop()
    old.send("check", "write a2", "check", "write a3")
    await house.let_go()
    new = await house.owner()
    assert await new.ask("write b1") == "ok"
    old.go_on()
    assert [await old.answer() for _ in range(4)] == ["ReadOnly"] * 4
    assert await new.ask("check") == "ok"
    assert await new.ask("write b2") == "ok"
    assert await house.kept() == ["a1", "b1", "b2"]


@on_kept
async def test_what_it_knows_is_out_of_date_though_the_database_is_free_again(house: House, storage: str) -> None:
    old = await house.owner()
    old.stop()
    await house.let_go()
    new = await house.owner()
    await new.end()
    old.go_on()
    answers: list[str] = []
    while answers[-4:] != ["ReadOnly"] * 4:  # the connection that was lost comes back, and the lock is free
        answers.append(await old.ask("write a1"))
        assert answers[-1] in {"ReadOnly", "Unavailable"}
        await asyncio.sleep(0.4)
    assert await house.kept() == []
    assert await (await house.owner()).ask("write c1") == "ok"


@on_postgresql
async def test_a_change_that_an_owner_was_stopped_in_is_cut_off(house: House, storage: str) -> None:
    old = await house.owner()
    assert await old.ask("hold a1") == "holding"
    old.stop()
    await house.let_go()
    new = await house.owner()
    assert await new.ask("write b1") == "ok"
    old.go_on()
    assert await old.ask("go on") in {"Unavailable", "OutcomeUnknown", "ReadOnly"}
    assert await old.ask("check") in {"ReadOnly", "Unavailable"}
    assert await house.kept() == ["b1"]


@on_sqlite
async def test_a_takeover_waits_for_the_change_that_an_owner_was_stopped_in(house: House, storage: str) -> None:
    old = await house.owner()
    assert await old.ask("hold a1") == "holding"
    old.stop()
    await house.let_go()
    new = await house.start()
    opening = asyncio.create_task(new.answer())
    await asyncio.wait([opening], timeout=2)
    assert not opening.done()
    old.go_on()
    assert await old.ask("go on") == "ok"
    assert await opening == "owner True"
    assert await old.ask("write a2") == "ReadOnly"
    assert await new.ask("write b1") == "ok"
    assert await house.kept() == ["a1", "b1"]
