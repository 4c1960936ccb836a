"""From local times without a zone to instants."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import DAY, MINUTE
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.moment import moment

_QUARTER = 15 * MINUTE
"""Clocks of every zone since 1972 change on a quarter of an hour."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
_FIXED = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises InputError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"time zone {name!r} is unknown: write one as UTC, America/New_York or Europe/Berlin"
        ) from error


def zone_in(name: str, *, origin: Origin) -> tzinfo:
    """The zone that a column names as its own: a zone's name, or an offset as +05:30. Raises DataError."""
    fixed = _FIXED.fullmatch(name)
    if fixed is not None:
        offset = timedelta(hours=int(fixed["hours"]), minutes=int(fixed["minutes"]))
        return timezone(-offset if fixed["sign"] == "-" else offset)
    try:
        return zone_of(name)
    except InputError as error:
        raise DataError(f"{origin.name}: the time column's zone {name!r} is unknown: convert it to UTC") from error


def local_times(instant: Int64, zone: tzinfo) -> Int64:
    """What the zone's clocks show (ns, as if it were UTC) at instants (ns)."""
    if not len(instant):
        return instant
    first, last = int(instant.min()) // DAY, int(instant.max()) // DAY
    offsets = np.array([_offset_at(one * DAY, zone) for one in range(first, last + 2)], dtype=np.int64)
    if not np.any(offsets[1:] != offsets[0]):
        return instant + offsets[0] if offsets[0] else instant
    here = instant // DAY - first
    local: Int64 = instant + offsets[here]
    changing = np.flatnonzero(offsets[here] != offsets[here + 1])
    local[changing] = [one + _offset_at(one, zone) for one in instant[changing].tolist()]
    return local


def _offset_at(instant: int, zone: tzinfo) -> int:
    """A zone's offset from UTC (ns) at an instant (ns)."""
    offset = (_EPOCH + timedelta(seconds=instant // _SECOND)).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * _SECOND


def to_instants(local: Int64, zone: ZoneInfo, *, origin: Origin) -> Int64:
    """UTC (ns) of wall-clock times (ns). Raises DataError for the first that happened twice, or never."""
    quarters, where = np.unique(local // _QUARTER, return_inverse=True)
    early, late = np.array([_offsets(int(quarter), zone) for quarter in quarters], dtype=np.int64).reshape(-1, 2).T
    instants: Int64 = local - early[where]
    unclear = early != late
    if unclear.any():
        twice = early > late
        origin.check(
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
