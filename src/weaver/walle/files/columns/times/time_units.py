"""Times that a file or frame already keeps as numbers of a known unit."""

from datetime import UTC, tzinfo

import numpy as np

from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import DAY
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.time_text import SECOND, WrittenTimes
from weaver.walle.files.columns.times.time_zone import local_times

_NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": SECOND, "D": DAY}
_FIRST = int(np.datetime64("1900-01-01", "s").astype(np.int64))
_LAST = int(np.datetime64("2100-01-01", "s").astype(np.int64))


def from_units(count: Int64, unit: str, *, origin: Origin, zone: tzinfo | None) -> WrittenTimes:
    """Times counted from 1970 in `unit` (ns, us, ms, s, D), in UTC where they have a `zone`, in which they are then
    written; None: on some wall clock. Raises DataError."""
    size = _NANOSECONDS[unit]
    outside = (count < _FIRST * SECOND // size) | (count >= _LAST * SECOND // size)
    origin.check(outside, lambda _row: "the time is empty or lies outside the years 1900-2099")
    counted = count if size == 1 else count * size
    local = counted if zone is None or zone is UTC else local_times(counted, zone)
    return WrittenTimes(local=local, instant=None if zone is None else counted)
