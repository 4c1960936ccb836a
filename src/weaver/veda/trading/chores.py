"""What is under way for an account: each chore once at a time, and none outlives its owner."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType

import structlog

from weaver.model.errors import WeaverError
from weaver.veda.exchange.setup import Wall

PAUSE_SECONDS = 1.0
"""How long a chore that failed stays under way, so that it is not begun again and again."""
_log = structlog.get_logger(__name__)


class Chores:
    """To be entered before any is begun; leaving it ends them all. `on_end`: called when one has ended."""

    def __init__(self, wall: Wall, on_end: Callable[[], None]) -> None:
        self._wall, self._on_end = wall, on_end
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.is_closed = False

    async def __aenter__(self) -> "Chores":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closed = True
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Begin a chore, unless one of that name is under way. What it raises is logged, and harms no other."""
        if name in self._tasks or self.is_closed:
            return False
        task = self._tasks[name] = asyncio.create_task(self._done(name, work))
        task.add_done_callback(lambda _task: self._ended(name))
        return True

    def is_under_way(self, name: str) -> bool:
        """Whether a chore of that name has not ended."""
        return name in self._tasks

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._tasks)

    async def _done(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except WeaverError as error:  # the next look at what is to be done begins it again
            _log.warning("chore_put_off", chore=name, error=str(error))
        except Exception as error:  # noqa: BLE001 - a fault in one must not end what is done for the others
            _log.error("chore_failed", chore=name, exc_info=error)
        else:
            return
        await self._wall.sleep(PAUSE_SECONDS)

    def _ended(self, name: str) -> None:
        del self._tasks[name]
        self._on_end()
