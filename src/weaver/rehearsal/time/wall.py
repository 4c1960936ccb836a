"""The wall's time, by which the venue's is paced: nothing else on the exchange waits."""

import asyncio
import time
from typing import Protocol


class WallTime(Protocol):
    """Time that passes by itself."""

    def seconds(self) -> float:
        """Since some instant; never fewer than before."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Return when it is woken, after so many seconds at the latest; others have had a turn meanwhile."""


class SystemWall:
    """The machine's monotonic clock."""

    def seconds(self) -> float:
        """Since the machine was started, or so."""
        return time.monotonic()

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait for the event, or that long."""
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(seconds):  # wait_for would swallow being cancelled as it is woken
                await woken.wait()
        except TimeoutError:
            return
