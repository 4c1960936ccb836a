"""A socket that is lost is connected again after waits that grow, shortened by chance; a long silence is made up for
before what ends it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from tests.unit.veda.adapters.alpaca.streams.sockets import Told, server
from weaver.veda.adapters.alpaca.streams.socket import Around, KeptSocket
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale

pytestmark = pytest.mark.anyio


class Words:
    """A line of words. `unsent`: what it finds to be missing, by asking after a silence."""

    feed, headers = Feed.STOCK_BARS, dict[str, str]()

    def __init__(self, port: int, *unsent: str, is_in_order: bool = True) -> None:
        self.address, self.unsent, self.is_in_order = f"ws://127.0.0.1:{port}", unsent, is_in_order

    async def sign_in(self, socket: ClientConnection) -> None: ...

    def read(self, frame: str | bytes) -> Sequence[str]:
        return [str(frame)]

    async def repair(self, since: datetime) -> Sequence[str]:
        return []

    async def missed(self, silent_since: datetime) -> Sequence[str]:
        found, self.unsent = self.unsent, ()
        return found


async def kept(line: Words, wall: SleepingWall, chance: float, until: int) -> list[object]:
    """What a socket told, so much of it."""
    told: list[object] = []
    is_enough = asyncio.Event()

    async def freshen(*, at_once: bool = False) -> None: ...

    async def put(message: object) -> None:
        told.append(message)
        if len(told) >= until:
            is_enough.set()
            await asyncio.Event().wait()

    around = Around(wall=wall, now=wall.now, chance=lambda: chance, told=Told(), freshen=freshen)
    running = asyncio.create_task(KeptSocket(line, around, put).run())
    try:
        async with asyncio.timeout(60):
            await is_enough.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return told


@pytest.mark.parametrize("chance", [0.0, 1.0, 0.5])
async def test_waits_between_connections_grow_and_are_shortened_by_chance(chance: float) -> None:
    async def refuse(socket: ServerConnection) -> None:
        socket.transport.abort()

    async with server(refuse) as port:
        wall = SleepingWall()
        await kept(Words(port), wall, chance, 16)
    shorter = 1 - chance / 2
    assert wall.slept[:8] == [seconds * shorter for seconds in (0, 1, 2, 4, 8, 16, 30, 30)]


@pytest.mark.parametrize(("is_in_order", "words"), [(True, ["first", "second"]), (False, ["second"])])
async def test_what_did_not_come_is_told_before_what_comes_where_that_matters(
    is_in_order: bool, words: list[str]
) -> None:
    async def speak(socket: ServerConnection) -> None:
        await socket.send("second")
        await socket.wait_closed()

    async with server(speak) as port:
        line = Words(port, "first", is_in_order=is_in_order)
        told = await kept(line, SleepingWall(), 0.0, 1 + len(words))
    assert told == [FeedRestored(feed=Feed.STOCK_BARS, since=None), *words]


async def test_socket_that_says_nothing_though_it_should_is_lost() -> None:
    async def say_nothing(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with server(say_nothing) as port:
        told = await kept(Words(port, "first"), SleepingWall(), 0.0, 3)
    stale = told[2]
    assert told[1] == "first"
    assert isinstance(stale, FeedStale)
    assert stale.reason == "it was mute: 1 messages did not come"
