"""How much work a check may do after a run: what it costs is measured, not guessed."""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter, process_time
from typing import TypeVar

WAITING = 8
"""What waits instead of working (for a disk, a model elsewhere) counts as this fraction of its time."""
Step = TypeVar("Step")


class Stopwatch:
    """Seconds of processor time since it was made, so that what else the machine does takes nothing away."""

    def __init__(self) -> None:
        self._processor, self._wall = process_time(), perf_counter()

    def __call__(self) -> float:
        return max(process_time() - self._processor, (perf_counter() - self._wall) / WAITING)


def within(
    steps: Iterable[Step],
    size: Callable[[Step], float],
    *,
    seconds: Callable[[], float],
    until: float,
    least: int,
    rate: float = 0.0,
) -> Iterator[Step]:
    """The steps whose work fits into what is left until a reading of the watch, in their order, `least` in any case.

    A step's work is what happens between its coming and the next being asked for. Its cost is foretold from its
    size (above 0) and from what the others took; `rate` is what is known before the first, in seconds per size.
    """
    done, sizes, taken = 0, 0.0, 0.0
    for step in steps:
        began, wanted = seconds(), size(step)
        if done >= least:
            if began >= until:
                return
            if began + rate * wanted > until:
                continue
        yield step
        done, sizes, taken = done + 1, sizes + wanted, taken + seconds() - began
        rate = max(taken / sizes, rate / 2)
