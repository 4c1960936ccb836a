"""Whose trading hours are whose: the calendar of each asset class."""

from functools import lru_cache

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.crypto import CryptoCalendar
from weaver.model.calendar.future import FutureCalendar
from weaver.model.calendar.fx import FxCalendar
from weaver.model.calendar.stock import StockCalendar
from weaver.model.market.asset_class import AssetClass


@lru_cache(maxsize=len(AssetClass))
def calendar_for(asset_class: AssetClass) -> Calendar:
    """The trading hours of an asset class: XNYS for stocks, the UTC day for crypto, 17:00-17:00 New York for fx and,
    where nothing says which exchange's they are, for futures."""
    match asset_class:
        case AssetClass.STOCK:
            return StockCalendar()
        case AssetClass.CRYPTO:
            return CryptoCalendar()
        case AssetClass.FX:
            return FxCalendar()
        case AssetClass.FUTURE:
            return FutureCalendar()
