"""Questions that several ask at the same time, asked once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Whoever asks what is being asked already is given that answer, or its error. For what does not change meanwhile:
    an order's state, say, is to be asked for anew."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, asyncio.Task[T]] = {}

    async def answer(self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `ask` returns, or what the question of the same key does that is under way. Those who give up leave it
        to the others."""
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(ask())
            task.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(task)

    def _over(self, key: Hashable, task: "asyncio.Task[T]") -> None:
        del self._asked[key]
        if not task.cancelled():
            task.exception()  # if nobody waits for it any more, nobody misses it
