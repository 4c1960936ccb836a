"""A clock that knows the present only, and timelines that grow."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.growing import Growing
from weaver.marvin.series.timeline import EVER, Clock, Timeline, fastest_of, union_name


class LiveClock(Clock):
    """The instant at which a live run stands; everything on its lines has closed by then."""

    __slots__ = ("heard", "unions")

    def __init__(self, *, start: int) -> None:
        super().__init__(np.empty(0, dtype=np.int64), start=start)
        self.heard = start
        """Of bars that closed by then the strategy has been called, or is not to be."""
        self.unions: dict[tuple[int, ...], LiveUnion] = {}

    def move(self, time: int) -> None:
        """The present is `time` (ns) from now on."""
        self.heard = max(self.heard, self.now)
        self.instants, self.tick = np.array([time], dtype=np.int64).data, 0

    def union(self, lines: Sequence[Timeline]) -> Timeline:
        """The union of some lines, which is one line however often it is asked for."""
        distinct = tuple({id(line): line for line in lines}.values())
        key = tuple(map(id, distinct))
        found = self.unions.get(key)
        if found is None:
            found = self.unions[key] = LiveUnion(distinct, clock=self)
        return found


class LiveTimeline(Timeline):
    """The closing instants of one row of bars so far."""

    __slots__ = ("_splits",)

    def __init__(self, name: str, ends: NDArray[np.int64], *, clock: LiveClock, step: int) -> None:
        self._splits = 0
        super().__init__(name, ends, clock=clock, step=step)
        self.is_steady = False

    def attach(self) -> None:
        """Nothing to do: it is not on any grid of ticks."""
        self.is_clock = False

    @property
    def visible(self) -> int:
        """How many bars there are."""
        return len(self.ends)

    @property
    def stretch(self) -> int:
        """How many splits there have been."""
        return self._splits

    def split(self) -> None:
        """A split has become known: values so far are on another scale from now on."""
        self._splits += 1

    def stretch_at(self, moment: int) -> int:
        """The present one; of others nobody asks."""
        del moment
        return self.stretch

    def stretch_of(self, source: Timeline, stretch: int) -> int:
        """The present one."""
        del stretch
        return source.stretch

    def stretch_end(self, stretch: int) -> int:
        """How many bars there are."""
        del stretch
        return len(self.ends)


class LiveUnion(LiveTimeline):
    """The closing instants of the fastest of several rows of bars."""

    __slots__ = ("_fastest", "_growing", "_newest", "_parts")

    def __init__(self, parts: Sequence[Timeline], *, clock: LiveClock) -> None:
        self._parts, self._fastest = parts, fastest_of(parts)
        ends = self._fastest[0].ends
        if len(self._fastest) > 1:
            ends = np.unique(np.concatenate([line.ends for line in self._fastest]))
        self._growing = Growing(ends)
        self._newest: dict[Timeline, Growing] = {}
        """Of each row that was carried forward to it: its newest bar at each of the union's."""
        super().__init__(union_name(parts), self._growing.values, clock=clock, step=self._fastest[0].step)

    @property
    def stretch(self) -> int:
        """How many splits there have been of any of its symbols."""
        return sum(line.stretch for line in self._parts)

    def newest_of(self, source: Timeline, start: int, stop: int) -> NDArray[np.int64]:
        """The newest bar of `source` at each bar from `start` to before `stop`, as it was then; −1 before its first."""
        newest = self._newest.get(source)
        if newest is None:
            newest = self._newest[source] = Growing(np.empty(0, dtype=np.int64))
        known = len(newest.values)
        if known < stop:
            newest.extend(super().newest_of(source, known, stop))
        return newest.values[start:stop]

    def grow(self) -> None:
        """Take up the bars that its parts have gained."""
        if self.foreseen is None:
            added = self._added([line.ends for line in self._fastest])
            if len(added):
                self._growing.extend(added)
                self.ends = self._growing.values
        elif fresh := int(np.searchsorted(self.foreseen, self.clock.now, side="right")) - len(self.ends):
            self._growing.let_in(fresh)
            self.ends = self._growing.values

    def foresee(self) -> None:
        """Take up what its parts foresee, where all do."""
        parts = [line.foreseen for line in self._parts if line.foreseen is not None]
        if len(parts) == len(self._parts):
            fastest = [line.foreseen for line in self._fastest if line.foreseen is not None]
            self.foreseen = self._growing.foresee(self._added(fastest))

    def _added(self, rows: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """What they have behind its own newest bar."""
        newest = int(self.ends[-1]) if len(self.ends) else EVER
        fresh = [ends[np.searchsorted(ends, newest, side="right") :] for ends in rows]
        return fresh[0] if len(fresh) == 1 else np.unique(np.concatenate(fresh))
