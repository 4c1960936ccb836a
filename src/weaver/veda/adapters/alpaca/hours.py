"""When something is to be expected of a market: the watchdog's calendar."""

from datetime import datetime

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.new_york import local_day
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass


def is_open(asset_class: AssetClass, time: datetime) -> bool:
    """Whether anything of a class trades: pairs always, stocks in a session, before and after it."""
    if asset_class is not AssetClass.STOCK:
        return True
    calendar = calendar_for(AssetClass.STOCK)
    instant = np.array([instant_of(time)], dtype=np.int64)
    day = local_day(instant).astype(np.int32)
    if not calendar.is_session(day)[0]:
        return False
    opens, closes = calendar.session_open(day), calendar.extended_close(day)
    return bool(opens[0] - _EARLY <= instant[0] < closes[0])


_EARLY = 330 * 60 * 10**9
"""Stocks trade from 04:00 New York, five and a half hours before the open."""
