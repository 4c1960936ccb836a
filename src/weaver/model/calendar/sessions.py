"""Whose trading hours are whose: the calendar of each asset class, and of each exchange that is named."""

from functools import lru_cache

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.crypto import CryptoCalendar
from weaver.model.calendar.future import FutureCalendar
from weaver.model.calendar.fx import FxCalendar
from weaver.model.calendar.stock import StockCalendar
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument

NEW_YORK = "XNYS"
_KNOWN = {one.upper(): NEW_YORK for one in (NEW_YORK, "NYSE", "NASDAQ", "XNAS", "ARCX", "BATS", "XASE")}
"""The names of the one calendar that needs no package."""
ALWAYS_OPEN = frozenset({"24/5", "24/7"})
"""Calendars that are no exchange's."""
_FUTURES = frozenset({"CMES", "IEPA", "us_futures", "XCBF", "XEEE", "XEUR"})
"""Exchanges on which nothing but derivatives trade."""


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


def calendar_of(instrument: Instrument) -> Calendar:
    """The trading hours of an instrument: its exchange's where that is known, else its asset class's. Raises
    InputError where the package that knows the exchange is not installed."""
    if instrument.calendar is None:
        return calendar_for(instrument.asset_class)
    return calendar_named(instrument.calendar)


@lru_cache(maxsize=64)
def calendar_named(name: str) -> Calendar:
    """The trading hours of an exchange, by any of its names. Raises InputError."""
    known = calendar_name(name)
    return calendar_for(AssetClass.STOCK) if known == NEW_YORK else _calendar_of_exchange(known)


def calendar_name(name: str) -> str:
    """The canonical name of an exchange: of `lse` XLON. Raises InputError for an unknown one, and where the package
    that knows them is not installed."""
    known = _KNOWN.get(name.strip().upper())
    if known is not None:
        return known
    try:
        from weaver.model.calendar.days.exchange_days import canonical_name  # a second, and pandas
    except ModuleNotFoundError as error:
        raise InputError(
            f"calendar {name} needs the package exchange_calendars: pip install 'weaver[calendars]' (XNYS does without)"
        ) from error
    return canonical_name(name)


@lru_cache(maxsize=64)
def _calendar_of_exchange(name: str) -> Calendar:
    from weaver.model.calendar.days.exchange_days import exchange_days
    from weaver.model.calendar.exchange import ExchangeCalendar

    return ExchangeCalendar(exchange_days(name))


def is_futures_calendar(name: str) -> bool:
    """Whether only futures trade on the exchange of a canonical name."""
    return name in _FUTURES
