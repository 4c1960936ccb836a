"""Bars of timeframes that a run was not given, made of those that it was."""

from collections.abc import Callable, Mapping

from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe


def other_bars(listings: Mapping[str, Listing], make: Callable[..., Bars], symbol: str, timeframe: Timeframe) -> Bars:
    """Bars of another timeframe, made of the run's own. Raises InputError for a finer one, and (but in a run that is
    cut) where there would be none."""
    listing = listings[symbol]
    calendar = calendar_of(listing.instrument)
    return make(listing.bars, timeframe, calendar, splits=splits_at(listing))
