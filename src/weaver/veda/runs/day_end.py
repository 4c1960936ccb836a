"""When an order's time is over, where Weaver has to end it."""

from datetime import date, datetime

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.market.timeframe import DAY
from weaver.model.orders.actions import TimeInForce
from weaver.veda.exchange.market import InstrumentRules

DAYS_MAX = 14
"""No market rests longer."""


def expires_at(
    tif: TimeInForce,
    expires: date | None,
    *,
    rules: InstrumentRules,
    calendar: Calendar,
    at: datetime,
    extended_hours: bool,
    is_cut: bool,
) -> datetime | None:
    """When Weaver ends an order (placed at an instant) that its venue would not; `is_cut`: its exits outlive it, and
    the venue has one time in force for all."""
    if tif is TimeInForce.GTD and expires is not None:
        return time_of(calendar.session_end(expires, extended_hours=extended_hours))
    if tif is TimeInForce.DAY and (tif in rules.ended_by_us or (is_cut and rules.has_one_tif)):
        return time_of(session_closes_at(calendar, instant_of(at), extended_hours=extended_hours))
    return None


def session_closes_at(calendar: Calendar, now: int, *, extended_hours: bool) -> int:
    """The close (ns) of the first session that an order placed at an instant (ns) can fill in."""
    first = now // DAY - 1
    days = np.arange(first, first + DAYS_MAX, dtype=np.int32)
    sessions = days[calendar.is_session(days)]
    closes = calendar.extended_close(sessions) if extended_hours else calendar.session_close(sessions)
    later = closes[closes > now]
    return int(later[0])
