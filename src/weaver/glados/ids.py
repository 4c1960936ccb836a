"""Ids that sort by the time they were made, and secrets that nobody can guess."""

import secrets
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from weaver.glados.ports import Now
from weaver.model.calendar.instants import instant_of

_COUNTER_BITS = 12
_RANDOM_BYTES = 8
_MILLISECOND = 1_000_000
_CHANCES = 2**32


class TimeOrderedIds:
    """Makes UUIDs of version 7 (RFC 9562, method 1): each sorts after all that this object made before.

    The counter fills `rand_a`. Where a millisecond's are used up, or the clock was stepped back, ids run ahead of it.
    """

    def __init__(self, *, now: Now, chance: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._now, self._chance = now, chance
        self._lock, self._last = Lock(), 0

    def __call__(self) -> str:
        """The next id; from any thread."""
        with self._lock:
            self._last = max((instant_of(self._now()) // _MILLISECOND) << _COUNTER_BITS, self._last + 1)
            last = self._last
        milliseconds, counter = last >> _COUNTER_BITS, last & ((1 << _COUNTER_BITS) - 1)
        chance = int.from_bytes(self._chance(_RANDOM_BYTES)) & ((1 << 62) - 1)
        return str(UUID(int=milliseconds << 80 | 7 << 76 | counter << 64 | 2 << 62 | chance))


def chance() -> float:
    """A number from 0 to 1, for waits that should not all end together."""
    return secrets.randbelow(_CHANCES) / _CHANCES


def new_token() -> str:
    """A secret of 256 bits, safe in URLs and headers."""
    return secrets.token_urlsafe(32)
