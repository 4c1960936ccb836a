"""A run's bars out of a venue's history: those that have ended, and the minutes of the one that is forming."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weaver.model.calendar.instants import clamped, time_of
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar, live_bars_of
from weaver.veda.feed.pages import bars_between, joined
from weaver.veda.feed.ports import History

MINUTES, DAYS = Timeframe(MINUTE), Timeframe(DAY)
_SETTLING = 4 * DAY
"""In which a session that closed lies of which the venue has no daily bar yet."""


def base_of(timeframe: Timeframe) -> Timeframe:
    """Of which of a venue's bars a timeframe's history is made: minutes, or days from a day on."""
    return DAYS if timeframe.is_daily else MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What history makes. `bars`: of the run's timeframe, that have ended; of a stretch that begins within a bar the
    first is made of less. `forming`: the minutes that have ended of bars that have not."""

    bars: Bars
    forming: tuple[LiveBar, ...]


async def made_between(
    history: History,
    instrument: Instrument,
    timeframe: Timeframe,
    begin: int,
    until: int,
    actions: Sequence[CorporateAction] = (),
) -> Made:
    """Of the venue's bars that start at or after `begin` and have ended by `until` (ns). Raises Unavailable, and
    InputError.

    A venue has a stock's daily bar some time after the close; until then the session's minutes stand for it.
    """
    symbol, stop = instrument.symbol, time_of(until // MINUTE * MINUTE)  # no bar that starts later has ended by then
    minutes_from = clamped(until - timeframe.nanoseconds - _SETTLING) if timeframe.is_daily else begin
    minutes = ended_by(await bars_between(history, symbol, MINUTES, time_of(minutes_from), stop), until)
    base = minutes
    if timeframe.is_daily:
        days = ended_by(await bars_between(history, symbol, DAYS, time_of(begin), stop), until)
        base = joined([days, _later_days(minutes, days, instrument, until)])
    return Made(
        bars=ended_by(coarser(base, timeframe, instrument, actions), until),
        forming=_forming(minutes, timeframe, instrument, until),
    )


def coarser(bars: Bars, timeframe: Timeframe, instrument: Instrument, actions: Sequence[CorporateAction]) -> Bars:
    """Bars put together as a backtest does it."""
    splits = splits_at(Listing(instrument=instrument, bars=bars, actions=tuple(actions)))
    return put_together(bars, timeframe, calendar_of(instrument), splits=splits)


def ended_by(bars: Bars, until: int) -> Bars:
    """Those that have ended by an instant."""
    return bars.slice(0, int(np.searchsorted(bars.end, until, side="right")))


def _later_days(minutes: Bars, days: Bars, instrument: Instrument, until: int) -> Bars:
    """The daily bars that minutes make of sessions that are over, after the last that the venue has."""
    made = ended_by(coarser(minutes, DAYS, instrument, ()), until)
    known = int(days.end[-1]) if len(days) else until  # without days a session's minutes may not be all there
    return made.slice(int(np.searchsorted(made.end, known, side="right")), len(made))


def _forming(minutes: Bars, timeframe: Timeframe, instrument: Instrument, until: int) -> tuple[LiveBar, ...]:
    if not len(minutes) or timeframe == MINUTES:
        return ()
    where = calendar_of(instrument).buckets(minutes.timestamp, minutes.end, MINUTES, timeframe)
    belongs = where.keep & (where.end > until)
    return tuple(bar for bar, is_part in zip(live_bars_of(minutes), belongs.tolist(), strict=True) if is_part)
