"""From local times without a zone to instants."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from weaver.model.bars import Int64
from weaver.model.errors import InputError
from weaver.model.timeframe import MINUTE
from weaver.walle.moment import moment
from weaver.walle.source import Source

_QUARTER = 15 * MINUTE
"""Clocks of every zone since 1972 change on a quarter of an hour."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises InputError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"time zone {name!r} is unknown: write one as UTC, America/New_York or Europe/Berlin"
        ) from error


def to_instants(local: Int64, zone: ZoneInfo, *, source: Source) -> Int64:
    """UTC (ns) of wall-clock times (ns). Raises DataError for the first that happened twice, or never."""
    quarters, where = np.unique(local // _QUARTER, return_inverse=True)
    early, late = np.array([_offsets(int(quarter), zone) for quarter in quarters], dtype=np.int64).reshape(-1, 2).T
    instants: Int64 = local - early[where]
    unclear = early != late
    if unclear.any():
        twice = early > late
        source.check(
            unclear[where],
            lambda row: (
                f"time {moment(local[row])} happened "
                f"{'twice' if twice[where[row]] else 'never'} in {zone.key}: its clocks changed; give times in UTC"
            ),
        )
    return instants


def _offsets(quarter: int, zone: ZoneInfo) -> tuple[int, int]:
    """Offset from UTC (ns) in a quarter of an hour, before and after a change of clocks within it."""
    wall = (_EPOCH + timedelta(minutes=15 * quarter)).replace(tzinfo=zone)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise InputError(f"time zone {zone.key} has no offset at {wall}")
    return round(before.total_seconds()) * 1_000_000_000, round(after.total_seconds()) * 1_000_000_000
