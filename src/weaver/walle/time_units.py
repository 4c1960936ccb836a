"""Times that a file or frame already keeps as numbers of a known unit."""

import numpy as np

from weaver.model.bars import Int64
from weaver.model.timeframe import DAY
from weaver.walle.source import Source
from weaver.walle.time_text import SECOND, WrittenTimes

_NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": SECOND, "D": DAY}
_FIRST = int(np.datetime64("1900-01-01", "s").astype(np.int64))
_LAST = int(np.datetime64("2100-01-01", "s").astype(np.int64))


def from_units(count: Int64, unit: str, *, source: Source, is_utc: bool) -> WrittenTimes:
    """Times counted from 1970 in `unit` (ns, us, ms, s, D); not `is_utc`: on some wall clock. Raises DataError."""
    size = _NANOSECONDS[unit]
    outside = (count < _FIRST * SECOND // size) | (count >= _LAST * SECOND // size)
    source.check(outside, lambda _row: "the time is empty or lies outside the years 1900-2099")
    local = count if size == 1 else count * size
    return WrittenTimes(local=local, instant=local if is_utc else None, has_clock=bool((local % DAY).any()))
