"""The stretches of days that bars of several days cover: weeks and months of the calendar, and rows of days."""

import numpy as np

from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import Timeframe, Unit

MONDAY = 4
"""1970-01-05, days since the epoch: weeks and rows of days are counted from here, so 7d is a calendar week. Months are
counted from a January."""
SESSIONS_A_WEEK = 5
"""Weekdays, on which exchanges trade."""


def stretches_of(day: Int64, timeframe: Timeframe) -> tuple[Int64, Int64]:
    """The first day of the stretch of `timeframe` that each day (since 1970) lies in, and the day after its last."""
    if timeframe.unit is Unit.MONTH:
        month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        first_month = month - month % timeframe.count
        return _first_days(first_month), _first_days(first_month + timeframe.count)
    first: Int64 = day - (day - MONDAY) % timeframe.days
    return first, first + timeframe.days


def _first_days(month: Int64) -> Int64:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
