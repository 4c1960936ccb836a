"""Instants as Alpaca writes them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from weaver.model.calendar.instants import time_of

SECOND = 1_000_000_000
_NEW_YORK = ZoneInfo("America/New_York")
_EPOCH = date(1970, 1, 1)


def utc_text(instant: int) -> str:
    """With nanoseconds and Z; without those where there are none."""
    seconds, rest = divmod(instant, SECOND)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}".rstrip("0") + "Z" if rest else f"{text}Z"


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
