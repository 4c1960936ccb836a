"""An event loop in the world's time: one callback at a time, so that it can be cut between any two."""

import asyncio
import heapq
from asyncio import events
from collections.abc import Mapping
from typing import Any

from tests.simulation.world import World

LAST_STEPS = 2_000


class SimulatedLoop(asyncio.BaseEventLoop):
    """One process's. It is driven from outside, callback by callback, and never waits."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.steps = 0
        self.faults: list[str] = []
        """What was raised into the loop."""
        self.set_exception_handler(lambda _loop, context: self._raised(context))

    def time(self) -> float:
        return self._world.seconds

    def _write_to_self(self) -> None:
        """Nobody else is there to be woken."""

    def _raised(self, context: Mapping[str, Any]) -> None:
        self.faults.append(f"{context.get('message')}: {context.get('exception')!r}")

    @property
    def is_ready(self) -> bool:
        """Whether something is to be run now."""
        while self._ready and self._ready[0]._cancelled:
            self._ready.popleft()
        return bool(self._ready)

    @property
    def next_at(self) -> int | None:
        """When its next timer ends, in the world's microseconds."""
        while self._scheduled and self._scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(self._scheduled)._scheduled = False
        return -int(-self._scheduled[0]._when * 1e6 // 1) if self._scheduled else None

    def fire(self, at: int) -> None:
        """Have the callbacks of the timers that have ended by then run next."""
        while (due := self.next_at) is not None and due <= at:
            timer = heapq.heappop(self._scheduled)
            timer._scheduled = False
            self._ready.append(timer)

    def step(self) -> None:
        """Run one callback."""
        handle = self._ready.popleft()
        self.steps += 1
        events._set_running_loop(self)
        try:
            handle._run()
        finally:
            events._set_running_loop(None)

    def cut(self) -> None:
        """End here, as a process does that is killed. What runs of it still reaches nobody: whoever it asks is gone."""
        self.set_exception_handler(lambda _loop, _context: None)
        for task in asyncio.all_tasks(self):
            task.cancel()
        for _ in range(LAST_STEPS):
            if not self.is_ready:
                if self.next_at is None:
                    break
                self.fire(self.next_at)
            self.step()
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False
        self._ready.clear()
        self._scheduled.clear()
        self.close()


class WeaverDied(BaseException):
    """The process is gone: whoever of it still asks for something gets this."""
