"""A run's rows in calendar time: which make up one return, and how many sessions they cover in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.prices import Prices
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.calendar.stretches import stretches_of
from weaver.model.market.timeframe import Timeframe, Unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalendarTime:
    """How rows count when figures are put on a year."""

    session: NDArray[np.integer[Any]]
    """The day by which each row is grouped, since the epoch: its session, or the last of its week or month."""
    covered: int
    """Sessions of the union of the run's calendars, from the first row's first to the last row's last; 1 at least."""
    per_year: int
    """Sessions that the union has in a year."""


def calendar_time(run: FinishedRun, session: NDArray[np.int32]) -> CalendarTime:
    """Of a finished run, whose rows lie in these sessions, not falling; of a row of several sessions, in its last."""
    prices = list(run.prices.values())
    first = [day for one in prices for day in _first_session(one, run.first)]
    last = session[-1:].tolist()
    return CalendarTime(
        session=_grouped(session, prices[0].listing.bars.timeframe),
        covered=sessions_covered({_calendar(one) for one in prices}, min(first), last[0]) if first and last else 1,
        per_year=max(one.listing.instrument.periods_per_year for one in prices),
    )


def _first_session(prices: Prices, first_tick: int) -> list[int]:
    """The first session of the symbol's first bar in the run, if it has one."""
    bars, index = prices.listing.bars, prices.bar_before(first_tick) + 1
    stamp = bars.timestamp[index : index + 1]
    found: list[int] = _calendar(prices).session_of(stamp, daily=bars.timeframe.is_daily).tolist()
    return found


def _calendar(prices: Prices) -> Calendar:
    return calendar_of(prices.listing.instrument)


def sessions_covered(calendars: Iterable[Calendar], first: int, last: int) -> int:
    """How many days from `first` to `last` (since the epoch, both included) are a session of any; 1 at least."""
    covered = np.zeros(max(last - first + 1, 0), dtype=np.bool_)
    for calendar in calendars:
        covered[calendar.usual_sessions(first, last) - first] = True
    return max(int(np.count_nonzero(covered)), 1)


def _grouped(session: NDArray[np.int32], timeframe: Timeframe) -> NDArray[np.integer[Any]]:
    """Weeks and months of several symbols end on several days, and are one all the same."""
    if timeframe.unit is Unit.TIME:
        return session
    return stretches_of(session.astype(np.int64), timeframe)[1] - 1
