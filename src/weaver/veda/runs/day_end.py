"""When an order's time is over, where Weaver has to end it."""

from datetime import date, datetime

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.closing import session_closes_at
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.orders.actions import TimeInForce
from weaver.veda.exchange.market import InstrumentRules


def expires_at(
    tif: TimeInForce,
    expires: date | None,
    *,
    rules: InstrumentRules,
    calendar: Calendar,
    at: datetime,
    extended_hours: bool,
) -> datetime | None:
    """When Weaver ends an order (placed at an instant) that its venue would not, by its own time in force. An entry
    whose exits outlive it is seen to where it is taken up (`veda/trading/intake.py`)."""
    if tif is TimeInForce.GTD and expires is not None:
        return time_of(calendar.session_end(expires, extended_hours=extended_hours))
    if tif is TimeInForce.DAY and tif in rules.ended_by_us:
        return time_of(session_closes_at(calendar, instant_of(at), extended_hours=extended_hours))
    return None
