"""What the process has freed goes back to the system. glibc keeps it otherwise, a peak's worth, for whoever asks again;
elsewhere nothing happens."""

import asyncio
import ctypes
import sys
from collections.abc import Awaitable, Callable

GIVEN_BACK_SECONDS = 5.0
_M_MMAP_THRESHOLD = -3
_LARGE = 256 * 1024


def return_large_blocks() -> None:
    """From now on blocks of some hundred kilobytes or more go back as soon as they are freed."""
    mallopt = _of_c_library("mallopt")
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


async def keep_given_back(*, wait: Callable[[float], Awaitable[None]]) -> None:
    """Every few seconds return what is free in the heaps of all threads. It takes milliseconds, off the loop and
    without the interpreter's lock."""
    trim = _of_c_library("malloc_trim")
    while trim is not None:
        await wait(GIVEN_BACK_SECONDS)
        await asyncio.to_thread(trim, 0)


def _of_c_library(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found
