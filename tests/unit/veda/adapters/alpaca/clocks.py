"""A wall clock for tests: it goes on when somebody sleeps, and not otherwise."""

import asyncio
from datetime import UTC, datetime, timedelta


class SleepingWall:
    def __init__(self, at: datetime = datetime(2024, 3, 4, 15, tzinfo=UTC)) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)
