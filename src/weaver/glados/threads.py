"""Threads for blocking work, a few for each kind of it, so that one kind's trouble is not another's."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, fields
from typing import TypeVar

from weaver.model.errors import Unavailable

T = TypeVar("T")
WAITING_MAX = 100
"""Requests that wait for their turn at one kind of work."""
WORK_FACTOR = 6
"""How many times as long as for its turn a request waits for the work itself."""


class Threads:
    """A few threads. Whoever waits too long for one of them, or for its work, hears so; the work itself goes on, and
    its thread counts as taken until it ends."""

    def __init__(self, what: str, *, count: int, wait_seconds: float, waiting_max: int = WAITING_MAX) -> None:
        self._what, self._wait_seconds, self._waiting_max = what, wait_seconds, waiting_max
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=what.replace(" ", "-"))
        self._free = asyncio.Semaphore(count)
        self._waiting = 0

    async def do(self, work: Callable[..., T], /, *given: object, **named: object) -> T:
        """What `work` returns. Raises Unavailable where it is not its turn, or not done, in time."""
        await self._turn()
        loop, context = asyncio.get_running_loop(), copy_context()
        try:
            future = self._executor.submit(context.run, lambda: work(*given, **named))
        except BaseException:
            self._free.release()
            raise

        def give_back(_done: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._free.release)

        future.add_done_callback(give_back)
        seconds = self._wait_seconds * WORK_FACTOR
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if not limit.expired():
                raise  # the work's own
            raise Unavailable(f"{self._what}: not done after {seconds:g} s: see to the disk, or try again") from None

    def close(self) -> None:
        """Wait for what is being done; what waits is dropped."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def _turn(self) -> None:
        if self._waiting >= self._waiting_max:
            raise Unavailable(f"{self._what}: {self._waiting} requests are waiting already: try again later")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable(
                f"{self._what}: others kept it busy for {self._wait_seconds:g} s (WEAVER_WAIT_SECONDS): try again later"
            ) from None
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerThreads:
    """A server's, by what they are for."""

    bars: Threads
    """Reading bars."""
    catalogue: Threads
    """Reading what bars there are."""
    changes: Threads
    """Changing the bar store, which may wait for another process."""
    uploads: Threads
    """Keeping uploads."""
    strategies: Threads
    """Reading strategies, and looking over runs that are to be made of them."""
    results: Threads
    """Unpacking what runs left behind."""
    texts: Threads
    """Writing long answers."""
    health: Threads

    @classmethod
    def of(cls, *, wait_seconds: float, uploads: int) -> "ServerThreads":
        """As many threads of each kind as it needs, whose work takes milliseconds mostly."""
        return cls(
            bars=Threads("reading bars", count=2, wait_seconds=wait_seconds),
            catalogue=Threads("reading the catalogue of bars", count=2, wait_seconds=wait_seconds),
            changes=Threads("changing the bar store", count=2, wait_seconds=wait_seconds, waiting_max=10),
            uploads=Threads("keeping uploads", count=uploads, wait_seconds=wait_seconds),
            strategies=Threads("reading strategies", count=2, wait_seconds=wait_seconds),
            results=Threads("reading results", count=2, wait_seconds=wait_seconds),
            texts=Threads("writing long answers", count=2, wait_seconds=wait_seconds, waiting_max=2 * WAITING_MAX),
            health=Threads("looking after the bar store", count=1, wait_seconds=wait_seconds, waiting_max=10),
        )

    def close(self) -> None:
        """End them all."""
        for one in fields(self):
            getattr(self, one.name).close()
