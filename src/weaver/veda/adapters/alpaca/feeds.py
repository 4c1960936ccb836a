"""What runs while a stream is read: the tasks that keep its sockets, and the queue between them and the reader."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from weaver.veda.adapters.alpaca.streams.socket import Around, KeptSocket, Line
from weaver.veda.exchange.market import FeedRestored, FeedStale

Message = TypeVar("Message")
QUEUE_MAX = 1000
"""Messages that wait for their reader; then the sockets wait, and after `FRAMES_MAX` frames the venue does."""
END_SECONDS = 3.0


class Streams:
    """All streams of an adapter."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End them, and wait for that no longer than `END_SECONDS`."""
        self._closed.set()
        await _ended(self._running)

    async def messages(
        self, lines: Sequence[Line[Message]], around: Around
    ) -> AsyncIterator[Message | FeedStale | FeedRestored]:
        """What these lines bring, until the reader leaves or all is closed."""
        queue: asyncio.Queue[Message | FeedStale | FeedRestored] = asyncio.Queue(QUEUE_MAX)
        tasks = {asyncio.create_task(KeptSocket(line, around, queue.put).run()) for line in lines}
        self._running |= tasks
        closed, following = asyncio.create_task(self._closed.wait()), asyncio.create_task(queue.get())
        try:
            while not self._closed.is_set():
                await asyncio.wait({following, closed, *tasks}, return_when=asyncio.FIRST_COMPLETED)
                if following.done():
                    yield following.result()
                    following = asyncio.create_task(queue.get())
                    continue
                for task in tasks:
                    if task.done() and not self._closed.is_set():
                        task.result()  # it never returns: this raises what ended it
        finally:
            closed.cancel()
            following.cancel()
            await asyncio.wait({closed, following})
            await _ended(tasks)
            self._running -= tasks


async def _ended(tasks: "set[asyncio.Task[None]]") -> None:
    for task in tasks:
        if not task.cancelling():  # once is enough: a second time would cut the closing of its socket short
            task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)
