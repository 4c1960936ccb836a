"""When an asset trades: the sessions around an instant."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.calendar.sessions import calendar_for
from weaver.model.calendar.stock import StockCalendar
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.session_bar import Session
from weaver.model.market.timeframe import DAY
from weaver.rehearsal.assets import Asset

_DAYS_SEARCHED = 14


class Day(NamedTuple):
    """A trading day; instants in ns."""

    day: int
    """Days since the epoch."""
    early: int
    """When extended trading begins."""
    open: int
    close: int
    late: int
    """When extended trading ends."""

    def begins(self, *, extended: bool) -> int:
        """When an order may trade."""
        return self.early if extended else self.open

    def ends(self, *, extended: bool) -> int:
        """Until when an order may trade."""
        return self.late if extended else self.close

    @property
    def session(self) -> Session:
        """As bars name it."""
        return Session(self.open, self.close, self.late)


def trading_day(asset: Asset, now: int, *, extended: bool = False) -> Day:
    """The day whose trading goes on, or is the next to begin."""
    if asset.is_crypto:
        day = now // DAY
        return Day(day, day * DAY, day * DAY, (day + 1) * DAY, (day + 1) * DAY)
    return stock_day(now, extended=extended)


def is_open(asset: Asset, now: int, *, extended: bool = False) -> bool:
    """Whether an order could trade now."""
    return trading_day(asset, now, extended=extended).begins(extended=extended) <= now


def stock_day(now: int, *, extended: bool = False) -> Day:
    """The stock exchange's day whose trading goes on, or is the next to begin."""
    first = local_date(now)
    for day in range(first, first + _DAYS_SEARCHED):
        found = day_of(day)
        if found is not None and found.ends(extended=extended) > now:
            return found
    raise AssertionError("the stock exchange never closes for a fortnight")


def day_before(day: int) -> Day:
    """The last trading day of the stock exchange before a date."""
    earlier = (day_of(one) for one in range(day - 1, day - _DAYS_SEARCHED, -1))
    return next(one for one in earlier if one is not None)


def local_date(instant: int) -> int:
    """New York's date, days since the epoch."""
    return int(new_york.local_day(np.array([instant]))[0])


@lru_cache(maxsize=4096)
def day_of(day: int) -> Day | None:
    """The stock exchange's trading on a date; None where there is none."""
    calendar = calendar_for(AssetClass.STOCK)
    assert isinstance(calendar, StockCalendar)
    session = np.array([day], dtype=np.int32)
    if not calendar.is_session(session)[0]:
        return None
    early = int(new_york.wall_clock(4)[day - new_york.FIRST_DAY])
    opens, closes = calendar.session_open(session), calendar.session_close(session)
    return Day(day, early, int(opens[0]), int(closes[0]), int(calendar.extended_close(session)[0]))
