"""What a live strategy is called with at a tick: the signals that are true there, and the bars that closed."""

from collections.abc import Callable, Sequence

import numpy as np

from weaver.marvin.live.clock import LiveClock
from weaver.marvin.runtime import Registration
from weaver.marvin.schedule import Due
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.feed import BarSeries
from weaver.marvin.series.playback import Closed, Playback
from weaver.marvin.series.timeline import Timeline
from weaver.marvin.signal_calls import SignalCalls

Show = Callable[[BarSeries, int], Bar]
"""Gives the bar of a group that callbacks are given, as the one at an index."""
Registered = tuple[Registration, BarSeries] | Due


class LiveCalls(SignalCalls):
    """The calls of all signals, each found at its tick."""

    __slots__ = ("_now", "_registered", "_show")

    def __init__(self, clock: LiveClock, registered: Sequence[Registered], show: Show) -> None:
        """`registered`: signals with the group of the first column that each is made of, and schedules."""
        super().__init__(clock, (), 0)
        self._now, self._registered, self._show = clock, registered, show

    def call(self, tick: int) -> None:
        """Make the calls of signals of which a bar has closed since the tick before, and that are true there."""
        del tick
        heard = self._now.heard
        for one in self._registered:
            if isinstance(one, Due):
                if one.is_due(heard, self._now.now):
                    one.schedule.call()
                continue
            (signal, callback), group = one
            line = signal.timeline
            if not len(line.ends) or line.ends[-1] <= heard or not signal.evaluate(line.stretch)[-1]:
                continue
            newest = int(np.searchsorted(group.timeline.ends, line.ends[-1], side="right")) - 1
            if newest >= 0:  # a function of the user's own may say yes before its inputs' first bar
                callback(self._show(group, newest))


class LivePlayback(Playback):
    """The bars that closed at the present tick."""

    __slots__ = ("_groups", "_now", "_show")

    def __init__(self, clock: LiveClock, own: Sequence[tuple[Bar, Timeline]], groups: Sequence[BarSeries], show: Show):
        super().__init__(clock, own)
        self._now, self._groups, self._show = clock, groups, show

    def next(self, tick: int) -> Closed:
        """Those of which the strategy has not been called yet."""
        del tick
        heard, found = self._now.heard, []
        for group in self._groups:
            ends = group.timeline.ends
            if len(ends) and ends[-1] > heard:
                bar = self._show(group, len(ends) - 1)
                found.append((bar, bar.cursor, bar.index))
        return found
