"""Figures that gates ask for, of what a run left behind."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL
from weaver.greta.results.calendar_time import sessions_covered
from weaver.model.calendar.sessions import calendar_for
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


def days_of(timestamp: NDArray[np.int64], timeframe: str, assets: Sequence[str]) -> int:
    """Sessions of which there were bars, by the stamps of a curve's rows (ns); of bars of several days, those that
    they cover. `assets`: the classes of the run's symbols, of which there is one at least."""
    if not len(timestamp):
        return 0
    length = Timeframe.parse(timeframe)
    calendars = {calendar_for(AssetClass(asset)) for asset in assets}
    calendar = calendar_for(AssetClass(assets[0]))
    sessions = np.maximum.accumulate(calendar.session_of(timestamp, daily=length.is_daily))
    if length.nanoseconds > DAY:
        return sessions_covered(calendars, int(sessions[0]), int(sessions[-1]))
    return len(np.unique(sessions))
