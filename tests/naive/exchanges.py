"""When other exchanges' sessions open and close, read off exchange_calendars and zoneinfo, one session at a time."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import exchange_calendars

from tests.naive.scenario import HOUR

EPOCH = date(1970, 1, 1)
FIRST, LAST = "2021-01-01", "2022-12-30"
ZONES = {"XLON": "Europe/London", "XTKS": "Asia/Tokyo", "CMES": "America/Chicago"}
OVERNIGHT = {"CMES": time(17)}
"""Where sessions open the evening before: the day begins then."""
PAUSES = {"CMES": time(16)}
"""When trading pauses before that, of which the package's table says nothing."""


class Hours(NamedTuple):
    """One session's instants, ns."""

    open: int
    break_start: int
    break_end: int
    close: int


@lru_cache
def sessions_of(name: str) -> dict[int, Hours]:
    """The sessions of two years by their day, since the epoch."""
    schedule = exchange_calendars.get_calendar(name, start=FIRST, end=LAST).schedule
    found = {}
    for label, row in schedule.iterrows():
        day = (label.date() - EPOCH).days
        close = int(row["close"].value)
        if name in PAUSES:
            close = min(close, wall(name, day, PAUSES[name]))
        rests = str(row["break_start"]) != "NaT"
        pause = (int(row["break_start"].value), int(row["break_end"].value)) if rests else (close, close)
        found[day] = Hours(int(row["open"].value), *pause, close)
    return found


def wall(name: str, day: int, at: time) -> int:
    """The instant of a wall clock of an exchange, ns."""
    shown = datetime.combine(EPOCH + timedelta(days=day), at, ZoneInfo(ZONES[name]))
    return int(shown.timestamp()) * 10**9


def day_begins(name: str, day: int) -> int:
    """When a day begins: at midnight, or the evening before."""
    if name in OVERNIGHT:
        return wall(name, day - 1, OVERNIGHT[name])
    return wall(name, day, time(0))


def is_regular(name: str, start: int, end: int) -> bool:
    """Whether a bar overlaps a session, its break left out."""
    return any(
        (start < one.break_start and end > one.open) or (start < one.close and end > one.break_end)
        for one in sessions_of(name).values()
        if one.open - 24 * HOUR < start < one.close + 24 * HOUR
    )


def session_close(name: str, day: int) -> int:
    """When a session closes; on a day without one, when most of its year do."""
    own = sessions_of(name).get(day)
    return own.close if own is not None else wall(name, day, _usual_close(name, (EPOCH + timedelta(days=day)).year))


@lru_cache
def _usual_close(name: str, year: int) -> time:
    zone = ZoneInfo(ZONES[name])
    days = {day: one for day, one in sessions_of(name).items() if (EPOCH + timedelta(days=day)).year == year}
    shown = Counter(datetime.fromtimestamp(one.close // 10**9, zone).time() for one in days.values())
    return shown.most_common(1)[0][0]
