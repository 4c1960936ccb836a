"""The sessions of an exchange as the package exchange_calendars has them; loaded only where one is named."""

from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from warnings import catch_warnings, simplefilter
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.days.clocks import wall_clock_of
from weaver.model.calendar.days.new_york import index_of
from weaver.model.errors import InputError
from weaver.model.market.bars import Int64

_FIRST, _LAST = "1970-01-01", "2050-12-31"
"""As far as sessions are asked for: how far the package goes by itself depends on the day on which it is asked."""
_PAUSES = {"CMES": time(16), "us_futures": time(17)}
"""When trading pauses until the next session begins (local time), which the package's tables leave out: they have
sessions of 24 hours."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExchangeDays:
    """The sessions of an exchange, one a row, ascending; instants in ns, sessions in days since the epoch."""

    name: str
    zone: ZoneInfo
    first: int
    last: int
    """The days from which and up to which its sessions are known."""
    session: Int64
    open: Int64
    close: Int64
    break_start: Int64
    break_end: Int64
    """Of the break at midday; both the close where there is none."""


@lru_cache(maxsize=32)
def canonical_name(name: str) -> str:
    """The package's own name of an exchange: of `lse` XLON. Raises InputError for one that it does not know."""
    known = {one.upper(): one for one in exchange_calendars.get_calendar_names(include_aliases=True)}
    found = known.get(name.strip().upper())
    if found is None:
        near = get_close_matches(name.strip().upper(), list(known), n=_NAMED, cutoff=0.5)
        hint = f"did you mean {' or '.join(known[one] for one in near)}?" if near else "as XLON, XTKS or CMES"
        raise InputError(f"calendar {name!r} is unknown: {hint} (the names are those of exchange_calendars)")
    return str(exchange_calendars.resolve_alias(found))


@lru_cache(maxsize=32)
def exchange_days(name: str) -> ExchangeDays:
    """The sessions of the exchange that has this canonical name. Raises InputError where the package cannot tell."""
    factory = exchange_calendars.calendar_utils._default_calendar_factories[name]
    earliest, latest = factory.bound_min(), factory.bound_max()
    first = _FIRST if earliest is None else max(_FIRST, str(earliest.date()))
    last = _LAST if latest is None else min(_LAST, str(latest.date()))
    try:
        with catch_warnings():
            simplefilter("ignore", category=DeprecationWarning)  # how the package uses pandas is its own business
            made = exchange_calendars.get_calendar(name, start=first, end=last)
    except (NotImplementedError, ValueError, exchange_calendars.errors.CalendarError) as error:
        version = exchange_calendars.__version__
        raise InputError(
            f"calendar {name}: exchange_calendars {version} cannot make it ({type(error).__name__}): choose another, "
            "or install a newer one"
        ) from error
    schedule, zone = made.schedule, ZoneInfo(str(made.tz))
    close = _instants(schedule["close"])
    session = schedule.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    if name in _PAUSES:
        close = np.minimum(close, _local(session, _PAUSES[name], zone))
    break_start = _instants(schedule["break_start"])
    has_break = break_start > np.iinfo(np.int64).min
    return ExchangeDays(
        name=name,
        zone=zone,
        first=_day_of(first),
        last=_day_of(last),
        session=session,
        open=_instants(schedule["open"]),
        close=close,
        break_start=np.where(has_break, break_start, close),
        break_end=np.where(has_break, _instants(schedule["break_end"]), close),
    )


def _day_of(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def _instants(column: Any) -> Int64:
    """Of a column of pandas' times: ns; where there is none, as of a break, the least int64."""
    naive = column.dt.tz_convert("UTC").dt.tz_localize(None)
    found: NDArray[np.int64] = naive.to_numpy().astype("datetime64[ns]").astype(np.int64)
    return found


def _local(session: Int64, at: time, zone: ZoneInfo) -> Int64:
    return wall_clock_of(zone).instants(at.hour * 60 + at.minute)[index_of(session)]
