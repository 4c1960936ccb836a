"""When something is to be expected of a market, and until when its auctions take orders."""

from datetime import datetime
from typing import NamedTuple

import numpy as np

from weaver.model.calendar.days.new_york import local_day
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import HOUR, MINUTE
from weaver.model.orders.actions import TimeInForce


def is_open(asset_class: AssetClass, time: datetime) -> bool:
    """Whether anything of a class trades: pairs always, stocks in a session, before and after it."""
    if asset_class is not AssetClass.STOCK:
        return True
    day = _session(time)
    return day is not None and day.open - _EARLY <= instant_of(time) < day.extended_close


def too_late_for_auction(tif: TimeInForce, time: datetime) -> str:
    """Why an order for the open or the close comes too late for its auction, or too early for the next; or nothing."""
    day, instant = _session(time), instant_of(time)
    if day is None or instant > day.extended_close - _AGAIN_BEFORE:
        return ""
    if tif is TimeInForce.OPG and instant > day.open - _OPG_BEFORE:
        return "orders for the open are taken until 9:28, and from 19:00 on, New York"
    if tif is TimeInForce.CLS and instant > day.close - _CLS_BEFORE:
        return "orders for the close are taken until ten minutes before it, and from 19:00 on, New York"
    return ""


class _Session(NamedTuple):
    """Instants, ns."""

    open: int
    close: int
    extended_close: int


def _session(time: datetime) -> _Session | None:
    """That of New York's date; None where it is no trading day."""
    calendar = calendar_for(AssetClass.STOCK)
    day = local_day(np.array([instant_of(time)], dtype=np.int64)).astype(np.int32)
    if not calendar.is_session(day)[0]:
        return None
    found = calendar.session_open(day), calendar.session_close(day), calendar.extended_close(day)
    return _Session(*(int(one[0]) for one in found))


_OPG_BEFORE, _CLS_BEFORE, _AGAIN_BEFORE = 2 * MINUTE, 10 * MINUTE, HOUR
_EARLY = 330 * MINUTE
"""Stocks trade from 04:00 New York, five and a half hours before the open."""
