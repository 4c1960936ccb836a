"""How often a run tells how far it is: a few times a second, whatever its strategy does on a tick."""

from time import perf_counter

TURNS_MAX = 1024
GROWTH = 2
"""How many times as many turns as last time may go by: what was quick so far may be slow from the next turn on."""
SECONDS = 0.1


class Pace:
    """After how many turns (ticks that are called, calls of signals) the next word is `due`: first after one.

    A strategy that works long on a turn is heard of after each: who watches a run takes long silence for its end.
    """

    __slots__ = ("_at", "_size", "due")

    def __init__(self) -> None:
        self.due = self._size = 1
        self._at = perf_counter()

    def is_due(self, turns: int) -> bool:
        """Whether it is time for a word after so many turns in all; then the next one is due later."""
        if turns < self.due:
            return False
        now = perf_counter()
        taken, self._at = now - self._at, now
        done = self._size + turns - self.due
        self._size = max(1, min(TURNS_MAX, GROWTH * done, int(done * SECONDS / max(taken, 1e-6))))
        self.due = turns + self._size
        return True
