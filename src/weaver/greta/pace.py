"""How often a run tells how far it is: a few times a second, whatever its strategy does on a tick."""

from time import perf_counter

TICKS_MAX = 1024
FIRST = 32
SECONDS = 0.1


class Pace:
    """How many ticks there are to the next word; `size` of them first.

    A strategy that works long on a tick is heard of after each: who watches a run takes long silence for its end.
    """

    __slots__ = ("_at", "size")

    def __init__(self) -> None:
        self.size = FIRST
        self._at = perf_counter()

    def next(self) -> int:
        """After `size` ticks: how many to go by from here."""
        now = perf_counter()
        taken, self._at = now - self._at, now
        self.size = max(1, min(TICKS_MAX, int(self.size * SECONDS / max(taken, 1e-6))))
        return self.size
