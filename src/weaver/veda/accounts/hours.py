"""When markets are open for an order."""

from collections.abc import Callable
from datetime import datetime

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.closing import DAYS_MAX, session_closes_at
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.market.timeframe import DAY


class MarketHours:
    """By the calendars of symbols."""

    def __init__(self, calendar: Callable[[str], Calendar]) -> None:
        self._calendar = calendar

    def opens_at(self, symbol: str, now: datetime) -> datetime | None:
        """When the regular session of the symbol's market opens next; None: it is open."""
        calendar, instant = self._calendar(symbol), instant_of(now)
        first = instant // DAY - 1
        days = np.arange(first, first + DAYS_MAX, dtype=np.int32)
        sessions = days[calendar.is_session(days)]
        opens, closes = calendar.session_open(sessions), calendar.session_close(sessions)
        at = int(np.searchsorted(closes, instant, side="right"))
        return None if opens[at] <= instant else time_of(int(opens[at]))

    def closes_at(self, symbol: str, now: datetime, *, extended_hours: bool) -> datetime:
        """When the session closes in which an order placed now can fill first."""
        calendar = self._calendar(symbol)
        return time_of(session_closes_at(calendar, instant_of(now), extended_hours=extended_hours))
