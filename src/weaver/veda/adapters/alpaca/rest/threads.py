"""Blocking calls off the event loop, each in a thread of its own that nothing waits for when the process ends."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    """What has connections to close."""

    def close(self) -> None: ...


T = TypeVar("T")
Client = TypeVar("Client", bound=Closes)


class ClientThreads(Generic[Client]):
    """Clients that one thread at a time uses: as many as there are calls at once, kept for the next.

    A call that is given up goes on in its thread, which has a time-out of its own, and its client comes back then. The
    threads are daemons: a network that hangs keeps no process alive, which the threads of an executor would.
    """

    def __init__(self, make: Callable[[], Client], *, at_once: int) -> None:
        """make: called in the first thread that needs a client more, so that it may load what is slow to load."""
        self._make = make
        self._idle: SimpleQueue[Client] = SimpleQueue()
        self._room = asyncio.Semaphore(at_once)
        self._is_closed = False

    def close(self) -> None:
        """Close the clients; one that is in use as soon as it comes back. Nothing is waited for."""
        self._is_closed = True
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    async def do(self, work: Callable[[Client], T]) -> T:
        """What `work` returns, or raises. A call that is cancelled has left its thread to itself."""
        await self._room.acquire()
        loop, future = asyncio.get_running_loop(), Future[T]()

        def give_back(_done: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._room.release)

        future.set_running_or_notify_cancel()
        future.add_done_callback(give_back)
        Thread(target=self._run, args=(work, future), name="alpaca", daemon=True).start()
        return await asyncio.wrap_future(future)

    def _run(self, work: Callable[[Client], T], future: "Future[T]") -> None:
        try:
            future.set_result(self._with_client(work))
        except BaseException as error:  # whoever waits raises it
            future.set_exception(error)
            if not isinstance(error, Exception):
                raise

    def _with_client(self, work: Callable[[Client], T]) -> T:
        try:
            client = self._idle.get_nowait()
        except Empty:
            client = self._make()
        try:
            return work(client)
        finally:
            self._idle.put(client)
            if self._is_closed:
                self.close()
