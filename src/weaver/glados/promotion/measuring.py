"""Figures that gates ask for, of what a run left behind."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL
from weaver.greta.results.calendar_time import sessions_covered
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.sessions import calendar_for, calendar_named
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.model.promotion.measured import Answer

UNCHECKED = "lookahead_unchecked"


def lookahead_of(record: Mapping[str, object], warnings: Sequence[Mapping[str, str]]) -> Answer:
    """What the look-ahead check of a backtest came to. A result that changes as it is repeated is not clean."""
    if not record.get("lookahead_check"):
        return Answer(told="not checked: the backtest ran without the look-ahead check")
    for one in warnings:
        if one["code"] in FATAL:
            return Answer(is_clean=False, told=one["message"])
    for one in warnings:
        if one["code"] == UNCHECKED:
            return Answer(told=one["message"])
    return Answer(is_clean=True, told="clean")


def calendars_of(data: Mapping[str, Mapping[str, Any]]) -> list[Calendar]:
    """Of each symbol of a record, the hours of its exchange, or of its class where none was named."""
    return [
        calendar_for(AssetClass(one["asset"])) if one.get("calendar") is None else calendar_named(one["calendar"])
        for one in data.values()
    ]


def days_of(timestamp: NDArray[np.int64], timeframe: str, calendars: Sequence[Calendar]) -> int:
    """Sessions of which there were bars, by the stamps of a curve's rows (ns); of bars of several days, those that
    they cover. `calendars`: of the run's symbols, of which there is one at least."""
    if not len(timestamp):
        return 0
    length = Timeframe.parse(timeframe)
    sessions = np.maximum.accumulate(calendars[0].session_of(timestamp, daily=length.is_daily))
    if length.nanoseconds > DAY:
        return sessions_covered(set(calendars), int(sessions[0]), int(sessions[-1]))
    return len(np.unique(sessions))
