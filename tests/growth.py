"""How a piece of work grows with what it is given: for tests that nothing of a client's meets super-linear code."""

import time
from collections.abc import Awaitable, Callable

FACTOR = 16
"""Sixteen times as much takes sixteen times as long where the time is linear, and 256 times where it is quadratic."""
GROWTH_MAX = 80.0
"""Between the two, with much room for a busy machine."""
_TRIES = 4


def growth(work: Callable[[int], object]) -> float:
    """How many times as much of this thread's processor `work(FACTOR)` takes as `work(1)`: of each the least of some
    tries. What both have in common makes it less."""
    return _least(work, FACTOR) / max(_least(work, 1), 1e-5)


async def growth_of_calls(work: Callable[[int], Awaitable[object]]) -> float:
    """The same of what runs on the loop."""
    spent = {}
    for size in (1, FACTOR):
        tries = []
        for _ in range(_TRIES):
            began = time.thread_time()
            await work(size)
            tries.append(time.thread_time() - began)
        spent[size] = min(tries)
    return spent[FACTOR] / max(spent[1], 1e-5)


def _least(work: Callable[[int], object], size: int) -> float:
    tries = []
    for _ in range(_TRIES):
        began = time.thread_time()
        work(size)
        tries.append(time.thread_time() - began)
    return min(tries)
