"""The session in which a strategy stands, by the exchange's calendar."""

from datetime import datetime

import numpy as np

from weaver.marvin.series.timeline import Clock, Timeline
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import time_of


class Session:
    """The session of a symbol's newest bar; before the first bar, that of now."""

    __slots__ = ("_calendar", "_clock", "_line", "_of", "_span")

    def __init__(self, clock: Clock, line: Timeline, calendar: Calendar) -> None:
        """line: of the symbol's bars, of the run's timeframe."""
        self._clock, self._line, self._calendar = clock, line, calendar
        self._of: int | None = None
        self._span = (0, 0)

    @property
    def open(self) -> datetime:
        """When it opens, UTC."""
        return time_of(self._hours()[0])

    @property
    def close(self) -> datetime:
        """When it closes, an early close too, UTC."""
        return time_of(self._hours()[1])

    @property
    def bars_since_open(self) -> int:
        """How many of the symbol's bars have closed since it opened; 0 ahead of that."""
        line = self._line
        return max(line.visible - int(line.ends.searchsorted(self._hours()[0], side="right")), 0)

    @property
    def is_first_bar(self) -> bool:
        """Whether the bar that closes now is the first since it opened."""
        return self.bars_since_open == 1 and self._newest() == self._clock.now

    def _newest(self) -> int:
        """When the newest bar closed, ns."""
        seen = self._line.visible
        return int(self._line.ends[seen - 1]) if seen else self._clock.now

    def _hours(self) -> tuple[int, int]:
        """Open and close, ns."""
        newest = self._newest()
        if newest != self._of:
            day = self._calendar.session_of(np.array([newest - 1], dtype=np.int64), daily=False)
            self._span = int(self._calendar.session_open(day)[0]), int(self._calendar.session_close(day)[0])
            self._of = newest
        return self._span

    def __repr__(self) -> str:
        return f"<Session {self.open} to {self.close}>"
