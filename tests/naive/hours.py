"""When sessions open and close, in the years and weeks that are drawn."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.naive.exchanges import ZONES, day_begins, session_close
from tests.naive.scenario import DAY

EPOCH = date(1970, 1, 1)
NEW_YORK = ZoneInfo("America/New_York")
NO_SESSION = {date(2021, 11, 25), date(2021, 12, 24), date(2022, 1, 17)}
HALF_DAY = {date(2021, 11, 26)}
"""Where the New York exchange did not open, and where it closed at 13:00, in the weeks that are drawn."""


def stock_sessions(first: date, count: int = 40) -> list[int]:
    """Session dates from `first` on, days since the epoch."""
    days = (first + timedelta(days=offset) for offset in range(3 * count))
    return [(day - EPOCH).days for day in days if day.weekday() < 5 and day not in NO_SESSION][:count]


def new_york(day: int, hour: int, minute: int = 0) -> int:
    """The instant of a New York wall clock."""
    return int(datetime.combine(EPOCH + timedelta(days=day), time(hour, minute), NEW_YORK).timestamp()) * 10**9


def stock_close(day: int) -> int:
    """When a session closes."""
    return new_york(day, 13 if EPOCH + timedelta(days=day) in HALF_DAY else 16)


def session_end(market: str, date_text: str, *, extended: bool) -> int:
    """When the session of a date is over, by asset class or exchange; on a day without one, when one would be."""
    day = (date.fromisoformat(date_text) - EPOCH).days
    if market in ZONES:
        return day_begins(market, day + 1) if extended else session_close(market, day)
    if market == "crypto":
        return (day + 1) * DAY
    if market in {"fx", "future"}:
        return new_york(day, 17)
    return new_york(day, 20) if extended else stock_close(day)
