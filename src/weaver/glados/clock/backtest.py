"""A backtest's clock: no waiting, the same ticks each time."""

from collections.abc import AsyncIterator, Iterable

import numpy as np

from weaver.glados.clock.ports import DueTick, WallClock
from weaver.model.calendar.instants import time_of
from weaver.model.market.bars import Int64

_BREATH = 1000
"""After so many ticks the event loop gets a turn."""


class BacktestClock:
    """Ticks at every instant at which a bar of any of the given columns ends, once each, as fast as they are taken."""

    def __init__(self, *, ends: Iterable[Int64], wall: WallClock) -> None:
        columns = [np.empty(0, dtype=np.int64), *ends]
        self._ends, self._wall = np.unique(np.concatenate(columns)), wall

    async def ticks(self) -> AsyncIterator[DueTick]:
        """All ticks, in order; the iterator ends with the last."""
        for number, end in enumerate(self._ends.tolist(), start=1):
            if number % _BREATH == 0:
                await self._wall.sleep(0)
            yield DueTick(time=time_of(end))
