"""Exchanges' hours as a venue tells them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import DAY
from weaver.veda.exchange.market import TradingDay, VenueClock

NEW_YORK = calendar_for(AssetClass.STOCK)
LOOKS_AHEAD = timedelta(days=15)
"""No exchange has been closed for longer than that in our time."""


def trading_days(first: date, last: date, calendar: Calendar = NEW_YORK) -> tuple[TradingDay, ...]:
    """An exchange's sessions from `first` to `last`, both included."""
    if last < first:
        return ()
    bounds = np.array([first, last], dtype="datetime64[D]").astype(np.int64)
    sessions = calendar.usual_sessions(*bounds.tolist())
    columns = (
        calendar.session_open(sessions),
        calendar.session_close(sessions),
        calendar.extended_open(sessions),
        calendar.extended_close(sessions),
    )
    return tuple(
        TradingDay(
            date=time_of(day * DAY).date(),
            open=time_of(opens),
            close=time_of(closes),
            extended_open=time_of(starts),
            extended_close=time_of(ends),
        )
        for day, opens, closes, starts, ends in zip(
            sessions.tolist(), *(column.tolist() for column in columns), strict=True
        )
    )


def clock_at(now: datetime, *, skew_seconds: float, calendars: Collection[Calendar] = (NEW_YORK,)) -> VenueClock:
    """What a venue's clock shows at an instant, of the exchanges that trade there: whether one is open, and when the
    next opens or closes."""
    today = time_of(instant_of(now)).date()
    first, last = today - timedelta(days=1), today + LOOKS_AHEAD
    days = [day for calendar in calendars for day in trading_days(first, last, calendar)]
    return VenueClock(
        time=now,
        is_open=any(day.open <= now < day.close for day in days),
        next_open=min((day.open for day in days if day.open > now), default=None),
        next_close=min((day.close for day in days if day.close > now), default=None),
        skew_seconds=skew_seconds,
    )
