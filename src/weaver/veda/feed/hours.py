"""When bars of a symbol are to be expected at all."""

from functools import lru_cache

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import MINUTE


@lru_cache(maxsize=256)
def trades_until(asset_class: AssetClass, instant: int) -> bool:
    """Whether a class may trade in the minute that ends at an instant (ns); of stocks, extended hours included."""
    start, calendar = np.array([instant - MINUTE], dtype=np.int64), calendar_for(asset_class)
    if asset_class is not AssetClass.STOCK:
        return bool(calendar.is_regular(start, start + MINUTE)[0])
    day = calendar.session_of(start, daily=False)
    begins = new_york.wall_clock(new_york.EXTENDED_FROM)[new_york.index_of(day.astype(np.int64))]
    return bool(calendar.is_session(day)[0] and begins[0] <= start[0] < calendar.extended_close(day)[0])
