"""Where a generator's choices come from: a seed, or hypothesis."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Chooser:
    """Choices on top of one function that gives an integer within bounds; small ones are the plain ones."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        """`integer(low, high)` includes both bounds."""
        self.integer = integer

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, the first being the plainest."""
        return options[self.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """True `percent` times in a hundred."""
        return self.integer(0, 99) >= 100 - percent

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        """One of the options by weight."""
        at = self.integer(0, sum(weight for _, weight in options) - 1)
        for option, weight in options:
            if at < weight:
                return option
            at -= weight
        raise AssertionError("weights add up")
