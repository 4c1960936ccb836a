"""Blocking calls off the loop: clients are used by one thread at a time, and nothing waits for one that hangs."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from weaver.veda.adapters.alpaca.rest.threads import ClientThreads

pytestmark = pytest.mark.anyio


class Client:
    def __init__(self) -> None:
        self.users = 0
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def work(self, seconds: float) -> int:
        self.users += 1
        time.sleep(seconds)
        users, self.users = self.users, self.users - 1
        return users


class Blocking:
    """Work that begins, and ends when it may."""

    def __init__(self) -> None:
        self._begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, _client: Client) -> bool:
        self._begun.set()
        return self.may_end.wait(60)

    async def has_begun(self) -> None:
        while not self._begun.is_set():
            await asyncio.sleep(0.01)


async def test_clients_are_used_by_one_at_a_time_and_again() -> None:
    made: list[Client] = []

    def make() -> Client:
        made.append(Client())
        return made[-1]

    threads = ClientThreads(make, at_once=3)
    found = await asyncio.gather(*(threads.do(lambda client: client.work(0.01)) for _ in range(12)))
    assert found == [1] * 12
    assert len(made) <= 3


async def test_loop_goes_on_meanwhile_and_errors_are_raised_to_who_waits() -> None:
    threads, go = ClientThreads(Client, at_once=1), threading.Event()
    call = asyncio.create_task(threads.do(lambda _client: go.wait(60)))
    for _ in range(10):
        await asyncio.sleep(0.01)
    assert not call.done()
    go.set()
    assert await call

    def fail(_client: Client) -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await threads.do(fail)
    assert await threads.do(lambda client: client.work(0)) == 1


async def test_call_that_is_given_up_keeps_its_client_and_its_place_until_it_ends() -> None:
    work = Blocking()
    threads = ClientThreads(Client, at_once=1)
    call = asyncio.create_task(threads.do(work))
    await work.has_begun()
    call.cancel()
    following = asyncio.create_task(threads.do(lambda client: client.work(0)))
    await asyncio.sleep(0.05)
    assert not following.done()
    work.may_end.set()
    assert await following == 1


def test_process_ends_while_a_call_hangs() -> None:
    code = (
        "import asyncio, time\n"
        "from weaver.veda.adapters.alpaca.rest.threads import ClientThreads\n"
        "async def main():\n"
        '    threads = ClientThreads(lambda: open("/dev/null"), at_once=1)\n'
        "    asyncio.create_task(threads.do(lambda _client: time.sleep(600)))\n"
        "    await asyncio.sleep(0.1)\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


async def test_closing_closes_idle_clients_at_once_and_one_in_use_when_it_comes_back() -> None:
    made: list[Client] = []

    def make() -> Client:
        made.append(Client())
        return made[-1]

    work = Blocking()
    threads = ClientThreads(make, at_once=2)
    busy = asyncio.create_task(threads.do(work))
    await work.has_begun()
    await threads.do(lambda client: client.work(0))
    threads.close()
    assert [client.is_closed for client in made] == [False, True]
    work.may_end.set()
    await busy
    assert [client.is_closed for client in made] == [True, True]
