"""How far from its bar end a tick of the realtime clock comes, on an idle loop."""

import asyncio
from collections.abc import Iterator

import numpy as np

from tests.benchmarks.bounds import CLOCK_ERROR
from tests.benchmarks.check import Check
from tests.benchmarks.contest import short
from weaver.glados.clock.realtime import RealtimeClock
from weaver.glados.clock.wall import SystemWallClock
from weaver.model.calendar.instants import instant_of

MILLISECOND = 1_000_000


class EvenSchedule:
    """A bar end every so many ns."""

    def __init__(self, spacing: int) -> None:
        self.spacing = spacing

    def after(self, instant: int) -> int:
        return instant // self.spacing * self.spacing + self.spacing

    def newest(self, count: int, *, after: int, until: int) -> list[int]:
        first = max(self.after(after), self.after(until - count * self.spacing))
        return list(range(first, until + 1, self.spacing))


def measure(ticks: int) -> Iterator[str | list[Check]]:
    """`ticks` bar ends, a fifth of a second apart: an odd length, so that they fall everywhere within a second."""
    yield f"{ticks} ticks of the realtime clock"
    errors = np.array(asyncio.run(_errors(EvenSchedule(203 * MILLISECOND), ticks))) / MILLISECOND
    spread = f"median {short(float(np.median(errors)))}, highest {short(float(errors.max()))}, n = {ticks}"
    yield [
        Check(
            what="realtime clock, idle: a tick after its bar end, 99th percentile",
            measured=float(np.percentile(errors, 99)),
            unit="ms",
            spread=spread,
            bounds=CLOCK_ERROR,
        )
    ]


async def _errors(schedule: EvenSchedule, count: int) -> list[int]:
    """How late each tick came, ns; none may come early."""
    wall, errors = SystemWallClock(), []
    async for tick in RealtimeClock(schedule=schedule, wall=wall).ticks():
        errors.append(instant_of(wall.now()) - instant_of(tick.time))
        assert errors[-1] >= 0, "a tick came before its bar had ended"
        if len(errors) == count:
            break
    return errors
