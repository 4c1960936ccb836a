"""A wall clock that a test sets, steps and counts."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st


class FakeWallClock:
    """Waiting moves it on at once; `steps` are done to it during the sleeps of those numbers (from 1)."""

    def __init__(self, start: datetime, *, overshoot: timedelta = timedelta(0)) -> None:
        self.time, self.overshoot = start, overshoot
        self.slept: list[float] = []
        self.steps: dict[int, timedelta] = {}

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds) + self.overshoot
        self.time += self.steps.pop(len(self.slept), timedelta(0))


def utc(text: str) -> datetime:
    """An aware time of an ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Aware times between two days."""
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))
