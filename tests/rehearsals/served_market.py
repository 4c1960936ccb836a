"""The market side of the local exchange behind a real socket, in a thread of its own, moved by the test."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tests.rehearsals.hand_market import SECOND, SetFaults
from weaver.rehearsal.answers import Refused, refusal
from weaver.rehearsal.data.routes import data_routes
from weaver.rehearsal.market.given.traded_symbol import TradedSymbol
from weaver.rehearsal.market.market import VenueMarket
from weaver.rehearsal.ports import HOLD
from weaver.rehearsal.streams.protocol import AbruptSocket
from weaver.rehearsal.streams.sockets import VenueSockets
from weaver.rehearsal.time.clock import PacedClock
from weaver.rehearsal.time.wall import SystemWall

T = TypeVar("T")
KEY, SECRET = "PKREHEARSAL", "rehearsal"
PATIENCE_SECONDS = 60
SEND_BUFFER = 64 * 1024
"""Of the system, for each client: small, so that one that does not read is noticed."""


class WrittenJournal:
    """Every message, in order."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, object]] = []

    def message(self, path: str, way: str, body: object) -> None:
        self.messages.append((path, way, body))


class ServedMarket:
    """Listens while it is entered. What it is asked to do is done on its own loop, and waited for."""

    def __init__(self, symbols: Sequence[TradedSymbol], *, start: int, pace: float = HOLD) -> None:
        self.clock = PacedClock(start=start, pace=pace, wall=SystemWall())
        self.faults, self.journal = SetFaults(), WrittenJournal()
        self.market = VenueMarket(symbols, self.clock, self.faults)
        pairs = sum(one.asset.is_crypto for one in symbols)
        self.sockets = VenueSockets(
            accepts=lambda key, secret: (key, secret) == (KEY, SECRET),
            clock=self.clock,
            faults=self.faults,
            journal=self.journal,
            wall=SystemWall(),
            stocks=len(symbols) - pairs,
            pairs=pairs,
        )
        self.market.publish_to(self.sockets.data)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self._listening.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), ws=AbruptSocket, log_config=None, log_level="error", lifespan="off")
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def advance(self, seconds: float) -> None:
        """Go on so many seconds, until all is sent."""
        self.run(lambda: self.clock.advance(self.clock.now + int(seconds * SECOND), self.sockets.sent))

    def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Have something done on its loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(PATIENCE_SECONDS * 4)

    def do(self, act: Callable[[], T]) -> T:
        """The same of what needs no waiting."""

        async def work() -> T:
            return act()

        return self.run(work)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, looking on its loop."""

        async def wait() -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not condition():
                    await asyncio.sleep(0.005)

        self.run(wait)

    def _app(self) -> Starlette:
        routes = [*data_routes(self.market.history, self.clock), *self.sockets.routes]
        return Starlette(routes=routes, exception_handlers={Refused: _refuse})

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        clock = asyncio.create_task(self.clock.run(self.sockets.sent))
        serving = asyncio.create_task(self._server.serve([self._listening]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        self._ready.set()
        await serving
        clock.cancel()


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)
