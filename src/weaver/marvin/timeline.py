"""Where a strategy stands in time: the run's clock, and how much of each row of bars is visible at its tick."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Clock:
    """The run's ticks; `tick` is the index of the current one, −1 before the first."""

    __slots__ = ("_ends", "lines", "start", "tick", "ticks", "user_series")

    def __init__(self, ticks: NDArray[np.int64], *, start: int) -> None:
        self.lines: list[Timeline] = []
        """All that is seen from it."""
        self.set_ticks(ticks)
        self.start = start
        """What `now` is before the first tick, ns."""
        self.tick = -1
        self.user_series: list[Any] = []
        """The series that the strategy computes with functions of its own."""

    def set_ticks(self, ticks: NDArray[np.int64]) -> None:
        """Go by these ticks from now on."""
        self.ticks = ticks
        self._ends = np.ascontiguousarray(ticks).data
        for line in self.lines:
            line.attach()

    @property
    def now(self) -> int:
        """The current instant, ns since the epoch."""
        return self._ends[self.tick] if self.tick >= 0 else self.start


class Timeline:
    """The closing instants of one row of bars (or of a union of rows), seen from the clock.

    `breaks` are the indices at which a stretch between splits begins, the first being 0.
    """

    __slots__ = ("_at", "_seen", "breaks", "clock", "ends", "is_clock", "name", "readers", "step")

    def __init__(
        self, name: str, ends: NDArray[np.int64], *, clock: Clock, step: int, breaks: tuple[int, ...] = (0,)
    ) -> None:
        self.name, self.ends, self.clock, self.breaks = name, ends, clock, breaks
        self.step = step
        """The timeframe's length, ns."""
        self.readers: list[Any] = []
        """The nodes on it whose newest values the strategy has read."""
        clock.lines.append(self)
        self.attach()

    def attach(self) -> None:
        """Take the clock's ticks into account."""
        ticks = self.clock.ticks
        self.is_clock = self.ends is ticks or np.array_equal(self.ends, ticks)
        self._at, self._seen = -2, 0

    @property
    def visible(self) -> int:
        """How many bars have closed by now."""
        tick = self.clock.tick
        if self.is_clock and tick >= 0:
            return tick + 1
        if tick != self._at:
            self._seen = int(np.searchsorted(self.ends, self.clock.now, side="right"))
            self._at = tick
        return self._seen

    def stretch_of(self, index: int) -> int:
        """Which stretch between splits the bar at `index` lies in."""
        return int(np.searchsorted(self.breaks, index, side="right")) - 1 if len(self.breaks) > 1 else 0

    def stretch_end(self, stretch: int) -> int:
        """The index one past the stretch's last bar."""
        return self.breaks[stretch + 1] if stretch + 1 < len(self.breaks) else len(self.ends)


def union(lines: Sequence[Timeline]) -> Timeline:
    """The ticks of the fastest timeframe among them, with the breaks of all; the line itself where they are one."""
    first = lines[0]
    if all(line is first for line in lines):
        return first
    step = min(line.step for line in lines)
    fastest = [line for line in lines if line.step == step]
    ends = fastest[0].ends if len(fastest) == 1 else np.unique(np.concatenate([line.ends for line in fastest]))
    starts = {0}
    for line in lines:
        moments = line.ends[[at for at in line.breaks[1:] if at < len(line.ends)]]
        starts.update(int(at) for at in np.searchsorted(ends, moments) if at < len(ends))
    name = "+".join(dict.fromkeys(line.name for line in lines))
    return Timeline(name, ends, clock=first.clock, step=step, breaks=tuple(sorted(starts)))
