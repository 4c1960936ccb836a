"""What is due, and when."""

import heapq
from collections.abc import Callable
from itertools import count


class Timetable:
    """Calls by the instants (ns) at which they are due; at one instant in the order in which they came."""

    def __init__(self) -> None:
        self._calls: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = count()

    def add(self, at: int, call: Callable[[], None]) -> None:
        """Have something done at an instant."""
        heapq.heappush(self._calls, (at, next(self._numbers), call))

    def next_instant(self) -> int | None:
        """When the first is due; None: nothing is."""
        return self._calls[0][0] if self._calls else None

    def take(self) -> tuple[int, Callable[[], None]]:
        """The first, and when it was due."""
        at, _, call = heapq.heappop(self._calls)
        return at, call
