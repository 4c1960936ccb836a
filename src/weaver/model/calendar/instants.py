"""Times as instants: ns since the epoch in 64 bits, which reach from 1677 to 2262."""

from datetime import UTC, datetime, timedelta

INSTANT_MIN, INSTANT_MAX = -(2**63) + 1, 2**63 - 1
"""−2⁶³ is numpy's "not a time"."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant_of(time: datetime) -> int:
    """The instant of an aware time; of one beyond what 64 bits hold, the first or the last."""
    return clamped((time - _EPOCH) // _MICROSECOND * 1000)


def time_of(instant: int) -> datetime:
    """An instant as an aware time; what is less than a microsecond is cut off."""
    return _EPOCH + instant // 1000 * _MICROSECOND


def clamped(nanoseconds: int) -> int:
    """The nearest instant that 64 bits hold."""
    return min(max(nanoseconds, INSTANT_MIN), INSTANT_MAX)
