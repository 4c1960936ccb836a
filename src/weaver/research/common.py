"""What runs of one strategy on the same bars have in common: found out once, whatever their parameters are."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import prices_of
from weaver.greta.ledger.prices import Prices
from weaver.greta.setup import Setup, clock_ticks
from weaver.marvin.series.shared_values import SharedValues
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe


class Common:
    """The clock's ticks, the bars as the account works on them, coarser bars, and the values of series.

    Nothing in it depends on a strategy, its parameters or its orders, so that a run with it and one without come to the
    same, to the last digit. `bytes_max`: of the values that are kept.
    """

    def __init__(self, setup: Setup, bytes_max: int) -> None:
        self.ticks: NDArray[np.int64] = clock_ticks(setup.listings)
        self.prices: Mapping[str, Prices] = prices_of(setup)
        for one in self.prices.values():
            one.align(self.ticks)
            _ = one.sessions, one.regular  # so that its copies have them
        self.values = SharedValues(bytes_max)
        self._make = partial(other_bars, setup.listings, resample)
        self._other_bars: dict[tuple[str, Timeframe], Bars] = {}

    def other_bars(self, symbol: str, timeframe: Timeframe) -> Bars:
        """Bars of another timeframe, made of the run's own. Raises InputError."""
        key = symbol, timeframe
        if key not in self._other_bars:
            self._other_bars[key] = self._make(symbol, timeframe)
        return self._other_bars[key]


def other_bars(listings: Mapping[str, Listing], make: Callable[..., Bars], symbol: str, timeframe: Timeframe) -> Bars:
    """Bars of another timeframe, made of the run's own. Raises InputError for a finer one, and (but in a run that is
    cut) where there would be none."""
    listing = listings[symbol]
    calendar = calendar_of(listing.instrument)
    return make(listing.bars, timeframe, calendar, splits=splits_at(listing))
