"""The stock market's hours as a venue tells them."""

from datetime import date, datetime, timedelta

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import DAY
from weaver.veda.exchange.market import TradingDay, VenueClock

EXTENDED_FROM = 4
"""Extended trading begins at this hour in New York."""
LOOKS_AHEAD = timedelta(days=15)
"""No exchange has been closed for longer than that in our time."""


def trading_days(first: date, last: date) -> tuple[TradingDay, ...]:
    """The stock sessions from `first` to `last`, both included."""
    if last < first:
        return ()
    calendar = calendar_for(AssetClass.STOCK)
    bounds = np.array([first, last], dtype="datetime64[D]").astype(np.int64)
    sessions = calendar.usual_sessions(*bounds.tolist())
    begins = new_york.wall_clock(EXTENDED_FROM)[new_york.index_of(sessions.astype(np.int64))]
    columns = (
        calendar.session_open(sessions), calendar.session_close(sessions), begins, calendar.extended_close(sessions)
    )  # fmt: skip
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


def clock_at(now: datetime, *, skew_seconds: float) -> VenueClock:
    """What the stock market's clock shows at an instant."""
    today = time_of(instant_of(now)).date()
    days = trading_days(today - timedelta(days=1), today + LOOKS_AHEAD)
    return VenueClock(
        time=now,
        is_open=any(day.open <= now < day.close for day in days),
        next_open=next((day.open for day in days if day.open > now), None),
        next_close=next((day.close for day in days if day.close > now), None),
        skew_seconds=skew_seconds,
    )
