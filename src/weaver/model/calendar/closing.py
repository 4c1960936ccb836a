"""When a session closes that is on, or comes next."""

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.market.timeframe import DAY

DAYS_MAX = 14
"""No market rests longer."""


def session_closes_at(calendar: Calendar, now: int, *, extended_hours: bool) -> int:
    """The close (ns) of the first session that an order placed at an instant (ns) can fill in."""
    first = now // DAY - 1
    days = np.arange(first, first + DAYS_MAX, dtype=np.int32)
    sessions = days[calendar.is_session(days)]
    closes = calendar.extended_close(sessions) if extended_hours else calendar.session_close(sessions)
    later = closes[closes > now]
    return int(later[0])
