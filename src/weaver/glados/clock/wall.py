"""The one real clock: nothing else in Weaver asks the system for the time, or waits by it."""

import asyncio
from datetime import UTC, datetime


class SystemWallClock:
    """The system's clock."""

    def now(self) -> datetime:
        """The time, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait that long, by the monotonic clock."""
        await asyncio.sleep(seconds)
