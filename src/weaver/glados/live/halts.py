"""A run that its limits, or its account's, have halted is shown as halted for as long as that lasts."""

import asyncio
from collections.abc import Callable, Sequence

from weaver.glados.runs.runners import RunContext
from weaver.veda.risk.halts import Halt, HaltCause, HaltScope


class RunHalts:
    """Tells whoever keeps the run's state: when a halt comes, and when the last of them is over."""

    def __init__(self, standing: Callable[[], Sequence[Halt]], context: RunContext) -> None:
        """standing: the halts of the run and of its account, as they are now."""
        self._standing, self._context = standing, context
        self._told: frozenset[tuple[HaltScope, HaltCause]] = frozenset()
        self._changed, self._turn = asyncio.Event(), asyncio.Lock()

    def hear(self) -> None:
        """Halts have changed."""
        self._changed.set()

    async def watch(self) -> None:
        """Tell of each change; without end."""
        while True:
            await self.look()
            await self._changed.wait()
            self._changed.clear()

    async def look(self) -> None:
        """Tell what has changed since the last time."""
        async with self._turn:
            await self._tell()

    async def resumed(self) -> None:
        """The run goes on, as far as it is not halted."""
        async with self._turn:
            await self._context.resumed()
            self._told = frozenset()
            await self._tell()

    async def _tell(self) -> None:
        """By what they are, not by their words: a loss that grows is no other halt."""
        standing = self._standing()
        found = frozenset((one.scope, one.cause) for one in standing)
        if found == self._told:
            return
        if standing:
            await self._context.halted("; ".join(f"the {one.scope} is halted: {one.reason}" for one in standing))
        else:
            await self._context.resumed()
        self._told = found
