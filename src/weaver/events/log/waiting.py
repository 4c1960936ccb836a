"""How the log's loops wait: for a signal, but no longer than some seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Generator

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Returns when the event is set or the seconds are over, whichever comes first; tests hand over virtual time."""


async def wait_for_event(signal: asyncio.Event, seconds: float) -> None:
    """The real one."""
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        return


class Turn:
    """`await Turn()` lets every task that is ready have its turn."""

    def __await__(self) -> Generator[None, None, None]:
        yield
