"""Timeframes as clients write them."""

from weaver.model.errors import InputError
from weaver.model.timeframe import Timeframe

DAYS_MAX = 366


def parsed_timeframe(text: str) -> Timeframe:
    """The timeframe that `5m`, `4h` or `1d` spells. Raises InputError, also for more than a year, which
    would count past the ends of the calendars."""
    timeframe = Timeframe.parse(text)
    if timeframe.days > DAYS_MAX:
        raise InputError(f"timeframe {text!r} is too long: {DAYS_MAX}d at most")
    return timeframe
