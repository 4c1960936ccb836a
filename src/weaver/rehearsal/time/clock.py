"""The venue's clock: it goes at a pace of its own, and has everything done in the order in which it is due."""

import asyncio
from collections.abc import Callable

from weaver.rehearsal.ports import HOLD, MAX, Sent
from weaver.rehearsal.time.timetable import Timetable
from weaver.rehearsal.time.wall import WallTime

SECOND = 1_000_000_000
REQUEST = 1_000_000
"""By how much a request moves a clock on hold (ns)."""
PATIENCE_SECONDS = 0.1
"""How long a request waits for what was due before it."""


class PacedClock:
    """A clock that starts at an instant (ns) and goes `pace` times as fast as the wall's, MAX or HOLD.

    It never goes back, and does not pass what is due before that is done: at a pace that is too fast for the machine it
    goes as fast as it can. What is done has `now` at the instant at which it was due.
    """

    def __init__(self, *, start: int, pace: float, wall: WallTime) -> None:
        self._wall, self._pace = wall, pace
        self._timetable = Timetable()
        self._reached = self._anchor = start
        """How far it has got; and where it was at `_anchor_seconds` of the wall's."""
        self._anchor_seconds = wall.seconds()
        self._at: int | None = None
        """When that was due which is being done."""
        self._goal = start
        """How far it goes where it does not wait."""
        self._woken = asyncio.Event()

    @property
    def now(self) -> int:
        """ns since the epoch; while something that was due is done, the instant at which it was due."""
        if self._at is not None:
            return self._at
        self._reached = max(self._reached, self._not_past_what_is_due(self._paced()))
        return self._reached

    @property
    def pace(self) -> float:
        """Venue seconds in a second of the wall's."""
        return self._pace

    def set_pace(self, pace: float) -> None:
        """Go on at another pace, from where it is."""
        self._anchor_at(self.now)
        self._pace = pace
        self._woken.set()

    def schedule(self, at: int, call: Callable[[], None]) -> None:
        """Have something done at an instant, or at the next occasion where that has passed."""
        self._timetable.add(at, call)
        self._woken.set()

    def lead_to(self, instant: int) -> None:
        """Something is to come at an instant: a clock that does not wait goes on until there."""
        self._goal = max(self._goal, instant)
        self._woken.set()

    def on_request(self) -> None:
        """A request has come: do what was due by now; a clock on hold has moved on by a millisecond.

        A clock that is far behind its pace does some of it, and the request is as early as what is left.
        """
        until = self._reached + REQUEST if self._pace == HOLD else max(self._reached, self._paced())
        patience = self._wall.seconds() + PATIENCE_SECONDS
        while self._is_due(until) and self._wall.seconds() <= patience:
            self._do_next()
        self._reached = max(self._reached, self._not_past_what_is_due(until))

    async def advance(self, to: int, sent: Sent) -> None:
        """Move on to an instant, doing what is due on the way, each instant's sent before the next begins."""
        while self._is_due(to):
            self._do_instant()
            await sent()
        self._anchor_at(max(self.now, to))
        self._woken.set()
        await sent()

    async def run(self, sent: Sent) -> None:
        """Go on at the clock's pace until cancelled."""
        while True:
            self._woken.clear()
            following = self._timetable.next_instant()
            if following is None or self._pace == HOLD or (self._pace == MAX and following > self._goal):
                await self._wall.wait(self._woken, None)
            elif self._pace == MAX:
                self._do_instant()
                await sent()
                await self._wall.wait(self._woken, 0)
            elif following <= self.now:
                self._do_instant()
                await self._wall.wait(self._woken, 0)
            else:
                await self._wall.wait(self._woken, (following - self.now) / SECOND / self._pace)

    def _paced(self) -> int:
        """Where it would be by its pace alone."""
        if self._pace in (HOLD, MAX):
            return self._anchor
        return self._anchor + int((self._wall.seconds() - self._anchor_seconds) * self._pace * SECOND)

    def _not_past_what_is_due(self, instant: int) -> int:
        """An instant, or the one before it at which something is due that has not been done: time waits for that."""
        following = self._timetable.next_instant()
        return instant if following is None else min(instant, following)

    def _anchor_at(self, instant: int) -> None:
        self._reached = self._anchor = instant
        self._anchor_seconds = self._wall.seconds()

    def _is_due(self, until: int) -> bool:
        following = self._timetable.next_instant()
        return following is not None and following <= until

    def _do_instant(self) -> None:
        """Do all that is due at the first instant that has anything."""
        first = self._timetable.next_instant()
        while first is not None and self._timetable.next_instant() == first:
            self._do_next()

    def _do_next(self) -> None:
        self._at, call = self._timetable.take()
        self._reached = max(self._reached, self._at)
        try:
            call()
        finally:
            self._at = None
