"""The start stamps of bars: instants of intraday ones, and the day that a daily one is of."""

from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.market.bars import Bool, Int64
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.times.moment import moment
from weaver.walle.files.columns.times.time_zone import local_times, to_instants

_SATURDAY, _SUNDAY = 2, 3
"""Days since the epoch (a Thursday), modulo 7."""
_WEEKDAYS = {_SATURDAY: "Saturday", _SUNDAY: "Sunday"}


def stamps(
    raw: RawColumns,
    spacing: Timeframe,
    zone: ZoneInfo | None,
    asset_class: AssetClass,
    notes: list[str],
    calendar: Calendar,
) -> Int64:
    """Start stamps in UTC; of daily bars of an exchange the session's date at 00:00.

    zone: of times that carry none. Raises DataError where they cannot be told, naming the first row.
    """
    if not spacing.is_daily:
        return _instants(raw, zone, notes)
    if calendar.labels_are_dates:
        return _dates(raw, zone, notes, calendar)
    return _day_starts(raw, zone, asset_class, notes, calendar)


def instants(raw: RawColumns, zone: ZoneInfo | None) -> Int64:
    """The times in UTC. Raises DataError where neither they nor the caller name a zone."""
    times = raw.times
    if times.instant is not None:
        return times.instant
    if zone is None:
        row = int(np.argmax(times.local % DAY != 0))
        unclear = times.unclear_zone
        why = "has no time zone: name it" if unclear is None else f"{unclear}: whose clocks {unclear} means, say"
        raise raw.origin.error(row, f"time {moment(times.local[row])} {why} with --tz, as UTC or America/New_York")
    return to_instants(times.local, zone, origin=raw.origin)


def _instants(raw: RawColumns, zone: ZoneInfo | None, notes: list[str]) -> Int64:
    if zone is not None and raw.times.instant is not None:
        notes.append(_unused(raw, zone, "the times say their own zone"))
    return instants(raw, zone)


def _dates(raw: RawColumns, zone: ZoneInfo | None, notes: list[str], calendar: Calendar) -> Int64:
    """The dates of daily bars of an exchange as they are written in their own zone.

    UTC is no market's zone: a time of day in it is an instant, whose date is that of `zone` or else of its session.
    """
    times = raw.times
    if times.are_dates:
        if zone is not None and times.instant is not None:
            notes.append(_unused(raw, zone, "the times say their own zone"))
        return times.local // DAY * DAY
    local = times.local
    instant = instants(raw, zone)
    if times.instant is not None and zone is not None:
        local = local_times(instant, zone)
        notes.append(f"{raw.origin.name}: the times tell instants: their dates are those of --tz {zone.key}")
    is_instant = np.array_equal(local, instant)
    day = calendar.session_of(instant, daily=False).astype(np.int64) if is_instant else local // DAY
    _check_weekdays(raw, day, (local <= instant) & np.isin(day % 7, list(_WEEKDAYS)))
    return day * DAY


def _check_weekdays(raw: RawColumns, day: Int64, bad: Bool) -> None:
    """Raises DataError for a weekend seen from UTC or west of it: midnights of markets in the east look like that."""
    raw.origin.check(
        bad,
        lambda row: (
            f"the daily bar of {_as_written(raw, row)} would be of {_WEEKDAYS[int(day[row]) % 7]}, "
            f"{moment(day[row] * DAY)}: name the market's own zone with --tz, or give dates alone"
        ),
    )


def _day_starts(
    raw: RawColumns, zone: ZoneInfo | None, asset_class: AssetClass, notes: list[str], calendar: Calendar
) -> Int64:
    """Start stamps of days of crypto and fx. Dates alone are the sessions of that date; a midnight of some zone is the
    instant that it says, if that lies in the session of the date that is written, and refused if it doesn't."""
    times = raw.times
    if not times.are_dates:
        return _instants(raw, zone, notes)
    if times.instant is None or not times.is_elsewhere:
        if zone is not None and zone.key != "UTC":
            notes.append(_unused(raw, zone, f"dates alone are sessions of {asset_class}"))
        return times.local
    session = calendar.session_of(times.instant, daily=True)
    start = times.instant
    raw.origin.check(
        session != times.local // DAY,
        lambda row: (
            f"the daily bar of {_as_written(raw, row)} begins in {asset_class}'s session of "
            f"{moment(int(session[row]) * DAY)} ({moment(start[row])} UTC): give dates alone if it is that date's "
            "session, or the times in UTC if it does begin then"
        ),
    )
    return start if asset_class is AssetClass.CRYPTO else times.local // DAY * DAY


def _as_written(raw: RawColumns, row: int) -> str:
    times = raw.times
    if times.instant is None:
        return moment(times.local[row])
    offset = (int(times.local[row]) - int(times.instant[row])) // 60_000_000_000
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    return f"{moment(times.local[row])} ({sign}{minutes // 60:02d}:{minutes % 60:02d})"


def _unused(raw: RawColumns, zone: ZoneInfo, why: str) -> str:
    return f"{raw.origin.name}: {why}, so --tz {zone.key} was not used"
