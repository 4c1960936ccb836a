"""Instants as Alpaca writes them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from weaver.model.calendar.instants import time_of

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
_NEW_YORK = ZoneInfo("America/New_York")
_EPOCH = date(1970, 1, 1)


def utc_text(instant: int) -> str:
    """With nanoseconds, and Z."""
    seconds, rest = divmod(instant, SECOND)
    time = datetime.fromtimestamp(seconds, UTC)
    return f"{time.isoformat()[:19]}.{rest:09d}Z"


def new_york_text(instant: int) -> str:
    """With New York's offset, as the clock has it."""
    return time_of(instant).astimezone(_NEW_YORK).isoformat()


def new_york_time(instant: int) -> datetime:
    """On New York's clocks."""
    return time_of(instant).astimezone(_NEW_YORK)


def date_of(day: int) -> date:
    """The date of so many days since the epoch."""
    return _EPOCH + timedelta(days=day)


def day_number(day: date) -> int:
    """Days since the epoch."""
    return (day - _EPOCH).days
