"""Where a strategy stands in time: the run's clock, and how much of each row of bars is visible at its tick."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.shared_values import SharedValues

EVER = -(2**63)
"""An instant before all others, ns."""


class Clock:
    """The run's ticks; `tick` is the index of the current one, −1 before the first."""

    __slots__ = ("instants", "lines", "made", "shared", "start", "starting", "tick", "ticks", "user_series")

    def __init__(self, ticks: NDArray[np.int64], *, start: int) -> None:
        self.lines: list[Timeline] = []
        """All that is seen from it."""
        self.start = start
        """What `now` is before the first tick, ns."""
        self.set_ticks(ticks)
        self.tick = -1
        self.starting = False
        """Whether `on_start` is at work."""
        self.shared: SharedValues | None = None
        """Where the values of series are kept for other runs on the same bars; None: nowhere."""
        self.made: dict[tuple[Any, ...], Any] = {}
        """The series that numpy's functions have made, by function and inputs."""
        self.user_series: list[Any] = []
        """The series that the strategy computes with functions of its own."""

    def set_ticks(self, ticks: NDArray[np.int64]) -> None:
        """Go by these ticks from now on."""
        self.ticks = ticks
        self.instants = np.append(ticks, self.start).data
        """Of each tick, ns; of tick −1, the start."""
        for line in self.lines:
            line.attach()

    @property
    def now(self) -> int:
        """The current instant, ns since the epoch."""
        return self.instants[self.tick]

    @contextmanager
    def foreseeing(self) -> Iterator[None]:
        """Have lines end where what is foreseen of them ends, for as long as series are computed ahead."""
        shown = [(line, line.ends) for line in self.lines]
        for line, ends in shown:
            line.ends = ends if line.foreseen is None else line.foreseen
        try:
            yield
        finally:
            for line, ends in shown:
                line.ends = ends

    def union(self, lines: Sequence["Timeline"]) -> "Timeline":
        """The ticks of the fastest timeframe among lines, with the stretches of all."""
        fastest = fastest_of(lines)
        ends = fastest[0].ends if len(fastest) == 1 else np.unique(np.concatenate([line.ends for line in fastest]))
        moments = sorted({moment for line in lines for moment in line.moments})
        return Timeline(union_name(lines), ends, clock=self, step=fastest[0].step, moments=tuple(moments))


class Timeline:
    """The closing instants of one row of bars (or of a union of rows), seen from the clock.

    A stretch lies between two splits. `moments` are the instants (ns) at which each begins, as the first bar after a
    split closes that the run sees, whatever timeframe it has; `breaks` are the indices of the first bars that close at
    or after them. So a coarse row is on the new scale before the first coarse bar after the split has closed.
    """

    __slots__ = (
        "_at", "_seen", "_ticks", "breaks", "clock", "ends", "foreseen", "is_clock", "is_steady", "moments", "name",
        "readers", "step",
    )  # fmt: skip

    def __init__(
        self, name: str, ends: NDArray[np.int64], *, clock: Clock, step: int, moments: tuple[int, ...] = (EVER,)
    ) -> None:
        self.name, self.ends, self.clock, self.moments = name, ends, clock, moments
        self.foreseen: NDArray[np.int64] | None = None
        """With those of bars that are known, and have not closed yet: nobody is shown these."""
        self.breaks: tuple[int, ...] = tuple(np.searchsorted(ends, moments).tolist()) if len(moments) > 1 else (0,)
        self.is_steady = len(self.breaks) == 1
        """Whether the values on it stay what they are, and as many."""
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
        self._ticks: memoryview | None = None
        self._at, self._seen = -2, 0

    @property
    def visible(self) -> int:
        """How many bars have closed by now."""
        tick = self.clock.tick
        if self.is_clock and tick >= 0:
            return tick + 1
        if tick != self._at:
            self._at = tick
            self._seen = (
                self.closed_before(tick + 1)
                if tick >= 0
                else int(np.searchsorted(self.ends, self.clock.now, side="right"))
            )
        return self._seen

    def closed_before(self, tick: int) -> int:
        """How many bars have closed at the ticks before one."""
        return min(tick, len(self.ends)) if self.is_clock else bisect_left(self._places, tick)

    def ticks_of(self, begin: int, end: int) -> list[int]:
        """The ticks at which the bars from index `begin` to before `end` are first seen."""
        return list(range(begin, end)) if self.is_clock else self._places[begin:end].tolist()

    @property
    def _places(self) -> memoryview:
        """The tick at which each bar is first seen."""
        if self._ticks is None:
            self._ticks = np.searchsorted(self.clock.ticks, self.ends).data
        return self._ticks

    @property
    def stretch(self) -> int:
        """Which stretch between splits it is now."""
        return self.stretch_at(self.clock.now)

    def stretch_at(self, moment: int) -> int:
        """Which stretch it is at an instant, ns."""
        return max(bisect_right(self.moments, moment) - 1, 0)

    def stretch_of(self, source: "Timeline", stretch: int) -> int:
        """Which stretch of `source` is current in one of this line, which has its moments among its own."""
        return source.stretch_at(self.moments[stretch])

    def newest_of(self, source: "Timeline", start: int, stop: int) -> NDArray[np.int64]:
        """The newest bar of `source` at each bar from `start` to before `stop`; −1 before its first."""
        return np.searchsorted(source.ends, self.ends[start:stop], side="right") - 1

    def stretch_end(self, stretch: int) -> int:
        """The index one past the stretch's last bar."""
        return self.breaks[stretch + 1] if stretch + 1 < len(self.breaks) else len(self.ends)


def union(lines: Sequence[Timeline]) -> Timeline:
    """The ticks of the fastest timeframe among them, with the stretches of all; the line itself where they are one."""
    first = lines[0]
    if all(line is first for line in lines):
        return first
    return first.clock.union(lines)


def fastest_of(lines: Sequence[Timeline]) -> list[Timeline]:
    """Those of the fastest timeframe."""
    step = min(line.step for line in lines)
    return [line for line in lines if line.step == step]


def union_name(lines: Sequence[Timeline]) -> str:
    """What their union is called."""
    return "+".join(dict.fromkeys(line.name for line in lines))
