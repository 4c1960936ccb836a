"""So many requests are worked on at once: a burst of large ones stands in line, and holds up nobody who asks how the
server is."""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 8
HELD_SECONDS = 0.25
"""A request that has not begun to answer by then waits for something, and gives its turn to the next."""


class Turns:
    """Middleware: a request has its turn until its answer begins, or for `HELD_SECONDS`; `exempt` paths need none.

    The line is as long as there are connections, which are counted elsewhere.
    """

    def __init__(self, app: ASGIApp, *, exempt: frozenset[str]) -> None:
        self._app, self._exempt = app, exempt
        self._free = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it when it is its turn."""
        if scope["type"] != "http" or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return
        await self._free.acquire()
        give_back = _once(self._free.release)
        timer = asyncio.get_running_loop().call_later(HELD_SECONDS, give_back)

        async def sending(message: Message) -> None:
            give_back()
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            timer.cancel()
            give_back()


def _once(release: Callable[[], None]) -> Callable[[], None]:
    done = False

    def give_back() -> None:
        nonlocal done
        if not done:
            done = True
            release()

    return give_back
