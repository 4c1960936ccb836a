"""Bars as a venue tells them, made ours: in order, each once, and none that has not ended."""

from collections.abc import Mapping

import numpy as np

from weaver.model.calendar.instants import time_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import DataError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Float64, Int64
from weaver.model.market.timeframe import Timeframe


def told_bars(
    stamps: Int64,
    columns: Mapping[str, Float64],
    *,
    who: str,
    symbol: str,
    asset_class: AssetClass,
    timeframe: Timeframe,
    settled_by: int,
) -> Bars:
    """Bars of stamps (ns) in any order; of a stamp that stands there twice the last one counts.

    columns: open, high, low, close and volume. who: the venue's name. settled_by: an instant (ns); bars that end later
    may still change, and are left out. Raises DataError where one cannot be true.
    """
    _check(stamps, columns, who, symbol)
    order = np.argsort(stamps, kind="stable")
    last = np.append(np.diff(stamps[order]) > 0, True)[: len(order)]
    order = order[last]
    stamps = stamps[order]
    end = calendar_for(asset_class).bar_end(stamps, timeframe) if len(stamps) else stamps
    count = int(np.searchsorted(end, settled_by, side="right"))
    named = {name: np.ascontiguousarray(column[order]) for name, column in columns.items()}
    return Bars(symbol=symbol, timeframe=timeframe, timestamp=stamps, end=end, **named).slice(0, count)


def _check(stamps: Int64, columns: Mapping[str, Float64], who: str, symbol: str) -> None:
    open_, high, low, close, volume = (columns[name] for name in ("open", "high", "low", "close", "volume"))
    possible = np.isfinite(high) & (low > 0) & (low <= np.minimum(open_, close)) & (high >= np.maximum(open_, close))
    possible &= np.isfinite(volume) & (volume >= 0)
    if possible.all():
        return
    at = int(np.argmin(possible))
    said = ", ".join(f"{name} {column[at]:.12g}" for name, column in columns.items())
    raise DataError(
        f"{who} sent a bar of {symbol} that cannot be true: {time_of(int(stamps[at])):%Y-%m-%d %H:%M}, {said}"
    )
