"""How the log's loops wait: for a signal, but no longer than some seconds; and how they are ended."""

import asyncio
from collections.abc import Awaitable, Callable, Generator

AGAIN_SECONDS = 1.0
"""After which a task is cancelled again."""
Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Returns when the event is set or the seconds are over, whichever comes first; tests hand over virtual time."""


async def wait_for_event(signal: asyncio.Event, seconds: float) -> None:
    """The real one."""
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        return


async def end_task(task: asyncio.Task[None]) -> None:
    """Cancel a task that goes on for ever, and return when it is over.

    It is cancelled until it is: a wait inside it that is over in the very moment, a driver's that is bounded by a
    timeout for one, can take a cancellation for its own, and the loop around it would go on.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)


class Turn:
    """`await Turn()` lets every task that is ready have its turn."""

    def __await__(self) -> Generator[None, None, None]:
        yield
