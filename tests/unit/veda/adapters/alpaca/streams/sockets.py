"""A websocket server that says what it is told to, and a line's surroundings."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from weaver.model.run import RunMode
from weaver.veda.adapters.alpaca.access import Access, access_of
from weaver.veda.adapters.alpaca.streams.socket import Around

Handler = Callable[[ServerConnection], Awaitable[None]]


class Told(list[tuple[str, Mapping[str, object]]]):
    """What goes to the log."""

    def __call__(self, what: str, facts: Mapping[str, object]) -> None:
        self.append((what, facts))


def around(wall: SleepingWall, told: Told | None = None) -> Around:
    async def freshen(*, at_once: bool = False) -> None:
        """The time is the wall's."""

    return Around(wall=wall, now=wall.now, chance=lambda: 0.0, told=Told() if told is None else told, freshen=freshen)


def access(port: int = 1) -> Access:
    own = {"ALPACA_PAPER_BASE_URL": f"http://127.0.0.1:{port}", "ALPACA_STREAM_URL": f"ws://127.0.0.1:{port}"}
    return access_of(RunMode.PAPER, own | {"ALPACA_PAPER_API_KEY": "PKX", "ALPACA_PAPER_API_SECRET": "hidden"})


@asynccontextmanager
async def server(handler: Handler, **options: Any) -> AsyncIterator[int]:
    """Serve on a free port of this machine, which is yielded."""
    async with serve(handler, "127.0.0.1", 0, **options) as running:
        yield next(iter(running.sockets)).getsockname()[1]
