"""A column that grows at its end: what it has shown never changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST = 64


class Growing:
    """Values to which others are added, in memory that doubles when it is full."""

    __slots__ = ("_count", "_memory", "_values", "room")

    def __init__(self, values: NDArray[Any]) -> None:
        self._values: NDArray[Any] | None = values
        self._count = len(values)
        self._take(0)

    @property
    def values(self) -> NDArray[Any]:
        """All so far: a view that cannot be written to, and does not grow along; the same until one is added."""
        if self._values is None:
            self._values = self.room[: self._count]
        return self._values

    def append(self, value: Any) -> None:
        """Add one value."""
        count = self._count
        if count == len(self._memory):
            self._take(1)
        self._memory[count] = value
        self._count, self._values = count + 1, None

    def extend(self, values: NDArray[Any]) -> None:
        """Add values."""
        count = self._count
        if count + len(values) > len(self._memory):
            self._take(len(values))
        self._memory[count : count + len(values)] = values
        self._count, self._values = count + len(values), None

    def foresee(self, values: NDArray[Any]) -> NDArray[Any]:
        """Have values wait behind those so far, which do not show them until they are let in. Returns all."""
        count, ahead = self._count, self._count + len(values)
        if ahead > len(self._memory):
            self._take(len(values))
        self._memory[count:ahead] = values
        return self.room[:ahead]

    def let_in(self, count: int = 1) -> None:
        """Show some more of those that wait."""
        self._count, self._values = self._count + count, None

    def _take(self, more: int) -> None:
        """Move to memory that holds the values, as many again, and `more`."""
        values, count = self.values, self._count
        self._memory = np.empty(max(LEAST, 2 * count, count + more), dtype=values.dtype)
        self._memory[:count] = values
        self.room = self._memory.view()
        """The values so far, and behind them room for others, which says nothing yet; not to be written to."""
        self.room.flags.writeable = False
        self._values = None
