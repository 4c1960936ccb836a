"""Ticks one after the other: which bars close at each, with every series that was read kept up to date."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise, repeat

import numpy as np

from weaver.marvin.series.bar import Bar, Standing
from weaver.marvin.series.node import Node
from weaver.marvin.series.timeline import Clock, Timeline

Closed = Sequence[tuple[Bar, Standing, int]]
"""The bars that close at a tick: each with what it stands by, and the index to put it at."""
TICKS = 1024
"""So many are made ready at a time, fewer at first."""
KNOWN = 64
"""After so many it can be told how often a series is read."""
DEEP = 1_000
"""A list of so many values is asked for none of before its first; and one that was asked for some, has as many."""
SELDOM = 8
"""Reading it once in so many ticks costs less than keeping it up to date at each."""


class Playback:
    """A run's bars from tick to tick. Series of which `[-1]` is read often hold their values as lists that grow along,
    so that reading them costs no more than with a list."""

    __slots__ = ("_advances", "_at", "_begun", "_clock", "_end", "_is_even", "_lines", "_own", "_splits", "closing")

    def __init__(self, clock: Clock, own: Sequence[tuple[Bar, Timeline]]) -> None:
        self._clock, self._own = clock, own
        self._lines = clock.lines
        self._is_even = all(line.is_clock for _, line in own)
        """Whether each symbol has a bar at each tick."""
        if self._is_even:
            for bar, _ in own:
                bar.follow(clock)
        self._splits = sorted({moment for line in self._lines for moment in line.moments[1:]})
        self._at = self._end = self._begun = -1
        self._advances: Iterator[object] = iter(())
        """Of which each that is taken brings all series to its tick."""
        self.closing: deque[Closed] = deque([[(bar, bar.cursor, 0) for bar, _ in own]], maxlen=1)
        """The `Closed` of the newest step."""

    @property
    def only(self) -> Bar | None:
        """The bar of a run on one symbol that has one at each tick."""
        return self._own[0][0] if self._is_even and len(self._own) == 1 else None

    def steps(self, first: int, stop: int) -> tuple[int, Iterator[int]]:
        """Ticks from `first` on, of which each that is taken brings all series, and `closing`, to itself; and the tick
        before which they end, at most `stop`. All of them are taken, or `left` is told."""
        if first != self._at or first >= self._end:
            self._open(first)
        stop = min(stop, self._end)
        return stop, compress(range(first, stop), self._advances)

    def left(self, tick: int) -> None:
        """The steps before a tick have been taken."""
        self._at = tick

    def next(self, tick: int) -> Closed:
        """The bars that close at one tick."""
        _, steps = self.steps(tick, tick + 1)
        self._at = tick + 1
        next(steps)
        return self.closing[0]

    def _open(self, first: int) -> None:
        if self._begun < 0:
            self._begun = first
        past = first - self._begun
        stop = min(first + min(max(past, KNOWN), TICKS), len(self._clock.ticks), self._split_after(first))
        advances = []
        for line in self._lines:
            seen = line.closed_before(first)
            often = [
                one
                for one in line.readers
                if one.is_streamed or (past >= KNOWN and one.reads * SELDOM > past and seen >= max(DEEP, one.deepest))
            ]
            if often:
                advances += _advances(line, often, first, stop)
        if not self._is_even:
            advances.append(map(self.closing.append, self._closed(first, stop)))
        self._advances = zip(*advances, strict=False) if advances else repeat(True)
        self._at, self._end = first, stop

    def _split_after(self, tick: int) -> int:
        """The tick with which the next scale begins."""
        later = [moment for moment in self._splits if moment > self._clock.ticks[tick]]
        return int(np.searchsorted(self._clock.ticks, later[0])) if later else len(self._clock.ticks)

    def _closed(self, first: int, stop: int) -> Sequence[Closed]:
        found: list[list[tuple[Bar, Standing, int]]] = [[] for _ in range(first, stop)]
        for bar, line in self._own:
            begin, end = line.closed_before(first), line.closed_before(stop)
            cursor = bar.cursor
            for index, tick in enumerate(line.ticks_of(begin, end), begin):
                found[tick - first].append((bar, cursor, index))
        return found


def _advances(line: Timeline, nodes: Sequence[Node], first: int, stop: int) -> list[Iterator[None]]:
    """For each of some series on a line, what makes it grow tick by tick."""
    stretch = line.stretch_at(int(line.clock.ticks[first]))
    begin, end = line.closed_before(first), line.closed_before(stop)
    if line.is_clock:
        return [map(node.append, node.stream(stretch, begin, end)) for node in nodes]
    counts = np.searchsorted(np.array(line.ticks_of(begin, end), dtype=np.int64), np.arange(first, stop), side="right")
    bounds = [0, *counts.tolist()]
    found: list[Iterator[None]] = []
    for node in nodes:
        values = node.stream(stretch, begin, end)
        found.append(map(node.extend, [values[a:b] for a, b in pairwise(bounds)]))
    return found
