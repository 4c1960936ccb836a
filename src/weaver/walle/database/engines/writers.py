"""Whose turn it is to write, where a database takes one writer at a time."""

import asyncio
from collections import deque

from weaver.model.errors import Unavailable

BUSY_SECONDS = 10.0
"""How long a writer waits for those before it, until Unavailable is raised."""
PASSING_MAX = 100
"""How many may go before one that is patient: it comes to its turn however many there are."""

Turn = asyncio.Future[None]


class Writers:
    """One at a time: whoever is urgent, in the order in which they came, before whoever is patient."""

    def __init__(self) -> None:
        self._is_taken = False
        self._urgent: deque[Turn] = deque()
        self._patient: deque[Turn] = deque()
        self._passing = 0

    async def take(self, *, patient: bool) -> None:
        """Wait for the turn, and have it until `release`. Raises Unavailable where those before do not end."""
        if not self._is_taken:
            self._is_taken = True
            return
        place: Turn = asyncio.get_running_loop().create_future()
        line = self._patient if patient else self._urgent
        line.append(place)
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled():  # it came to its turn just when it was called off
                self.release()
            if isinstance(error, TimeoutError):
                raise Unavailable(f"the database is busy: other changes took all of {BUSY_SECONDS:g} s") from error
            raise

    def release(self) -> None:
        """Let the next one have its turn."""
        while line := self._urgent or self._patient:
            if self._patient and self._passing >= PASSING_MAX:
                line = self._patient
            place = line.popleft()
            if place.cancelled():
                continue
            self._passing = 0 if line is self._patient else self._passing + bool(self._patient)
            place.set_result(None)
            return
        self._is_taken = False
