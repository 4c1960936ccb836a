"""What bars themselves tell of what they are bars of: whether it trades through the night, and through the weekend."""

from dataclasses import dataclass
from math import nan
from statistics import median

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.calendar.sessions import calendar_for
from weaver.model.calendar.stretches import MONDAY
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Float64, Int64
from weaver.model.market.symbol import spelled
from weaver.model.market.timeframe import DAY, HOUR
from weaver.walle.files.checks.spacing import is_daily_step

ROWS = 20_000
"""So many of the newest bars are looked at: no market changes its hours in between, and more would cost time."""
_OFTEN = 0.3
"""An hour or a day counts as traded where it has this share of the bars that an ordinary one has."""
_ALL_DAY = 21
"""Hours a day from which a market is open around the clock: New York's stocks have 16, futures 21 to 23."""
_SATURDAY, _SUNDAY = 5, 6
_ODD_HOURS = 2 / 3
"""The least share of bars outside New York's regular hours that is strange: 16 hours of all-day data have 0.6."""
_NIGHT = 0.1
"""The same of bars outside 04:00 to 20:00."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What bars show. `rests`: weekends, or nights, passed without a bar; not `rests`: none did, or none passed."""

    every_day: bool = False
    all_day: bool = False
    rests: bool = False
    pauses: bool = False
    """It never trades between 17:00 and 18:00 New York, as Globex."""
    fractions: bool = False
    """Most volumes are no multiples of a hundredth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An asset class that nobody gave, and by what it was found."""

    asset_class: AssetClass
    reason: str
    is_by_name: bool = False


def guess(symbol: str, seen: Evidence) -> Guess:
    """The class that the spelling suggests, or the one that the bars show where they contradict it.

    A vendor's mark (`=X`, `=F`, `C:`) is more than a spelling, and stays; so does a future, whose hours nobody told.
    """
    name = spelled(symbol)
    by_name = Guess(asset_class=name.asset_class, reason="by its name", is_by_name=True)
    if name.is_marked or name.asset_class in {AssetClass.CRYPTO, AssetClass.FUTURE}:
        return by_name
    if seen.every_day:
        against = ", which two currencies do not" if name.asset_class is AssetClass.FX else ""
        return Guess(asset_class=AssetClass.CRYPTO, reason=f"as its bars run through the weekends{against}")
    if name.asset_class is AssetClass.FX:
        return by_name
    if seen.all_day and seen.rests:
        reason = "as its bars run through the nights, and not through the weekends"
        return Guess(asset_class=AssetClass.FUTURE if seen.pauses else AssetClass.FX, reason=reason)
    if seen.all_day:
        return Guess(asset_class=AssetClass.CRYPTO, reason="as its bars run around the clock")
    if seen.fractions and not seen.rests:
        return Guess(asset_class=AssetClass.CRYPTO, reason="as its volumes are fractions")
    return by_name


def evidence(stamps: Int64, step: int, volume: Float64 | None) -> Evidence:
    """What the newest bars show, which lie `step` ns apart.

    stamps: instants (ns, UTC), ascending; of daily bars the dates as they are written.
    """
    stamps = stamps[-ROWS:]
    fractions = False
    if volume is not None:
        volume = volume[-ROWS:]
        traded = volume > 0
        if traded.any():
            if not traded.all():
                stamps, volume = stamps[traded], volume[traded]
            cents = volume * 100
            fractions = 2 * int(np.count_nonzero(np.abs(cents - np.rint(cents)) > 1e-6)) > len(cents)
    if len(stamps) < 2 or step >= 2 * DAY or (stamps[1:] <= stamps[:-1]).any():
        return Evidence()
    if is_daily_step(step):
        week, weekend = _days(stamps, DAY)
        return Evidence(every_day=week and weekend is True, rests=weekend is False, fractions=fractions)
    return _intraday(stamps, step, fractions=fractions)


def _intraday(stamps: Int64, step: int, *, fractions: bool) -> Evidence:
    week, weekend = _days(stamps, step)
    span = int(stamps[-1] - stamps[0]) + step
    all_day = _hours_a_day(stamps, step) >= _ALL_DAY
    return Evidence(
        every_day=week and weekend is True,
        all_day=all_day,
        rests=weekend is False or (span > DAY and not all_day),
        pauses=all_day and _pauses(stamps),
        fractions=fractions,
    )


def _days(stamps: Int64, length: int) -> tuple[bool, bool | None]:
    """Whether it trades on every weekday that the data spans, and on weekends (None: there was none)."""
    spanned = _spanned(int(stamps[0]), int(stamps[-1]) + length, int(stamps[-1]) // DAY)
    bars = np.bincount((stamps // DAY - MONDAY) % 7, minlength=7).tolist()
    counts = [time >= min(length, 3 * HOUR) for time in spanned]
    share = [count * length / max(time, 1) for count, time in zip(bars, spanned, strict=True)]
    usual = median([part for part, is_spanned in zip(share, counts, strict=True) if is_spanned] or [nan])
    often = [part >= _OFTEN * usual for part in share]
    free = [day for day in (_SATURDAY, _SUNDAY) if counts[day]]
    # A currency's Sunday evening is no Sunday: what is closed on Saturdays rests.
    weekend = None if not free else all(often[day] for day in free)
    return all(often[day] or not counts[day] for day in range(_SATURDAY)), weekend


def _spanned(begin: int, end: int, last: int) -> list[int]:
    """How much time (ns) of each weekday lies between two instants, none of it after the day `last`."""
    first = begin // DAY
    weeks, rest = divmod(last - first + 1, 7)
    spanned = [weeks * DAY] * 7
    for day in range(first, first + rest):
        spanned[(day - MONDAY) % 7] += DAY
    spanned[(first - MONDAY) % 7] -= begin - first * DAY
    spanned[(last - MONDAY) % 7] -= max((last + 1) * DAY - end, 0)
    return spanned


def _hours_a_day(stamps: Int64, step: int) -> float:
    """How many hours of a weekday have bars as often as the busiest has."""
    weekday = (stamps // DAY - MONDAY) % 7
    at = stamps[weekday < _SATURDAY] % DAY // HOUR
    if not len(at):
        at = stamps % DAY // HOUR
    counts = np.bincount(at, minlength=24)
    hours = int(np.count_nonzero(counts >= _OFTEN * counts.max()))
    return hours * max(step / HOUR, 1.0)


def _pauses(stamps: Int64) -> bool:
    day = new_york.local_day(stamps)
    days = day[np.diff(day, prepend=day[0] - 1) > 0]  # np.unique does not know that they ascend
    five = new_york.wall_clock(17)[new_york.index_of(days)]
    found = np.searchsorted(stamps, five + HOUR) - np.searchsorted(stamps, five)
    return bool(np.mean(found > 0) < _NIGHT)


def asset_doubt(bars: Bars, asset_class: AssetClass, seen: Evidence | None = None) -> str | None:
    """How bars contradict a class that they were given, or None; `seen`: what they show, where that is known."""
    if asset_class in {AssetClass.CRYPTO, AssetClass.FUTURE} or not len(bars):
        return None
    seen = seen or evidence(bars.timestamp, bars.timeframe.nanoseconds, bars.volume)
    if seen.every_day:
        return f"taken as {asset_class}, but its bars run through the weekends: {_REMEDY[asset_class]}"
    if asset_class is AssetClass.FX or bars.timeframe.is_daily:
        return None
    outside, night = _outside_hours(bars)
    if outside < _ODD_HOURS and night < _NIGHT:
        return None
    return (
        f"taken as stock, but {outside:.0%} of its bars lie outside New York's regular hours, and those fill nothing: "
        f"{_REMEDY[asset_class]}"
    )


_REMEDY = {
    AssetClass.STOCK: 'asset="crypto", "fx" or "future" (--asset) where it is none of New York\'s',
    AssetClass.FX: 'asset="crypto" (--asset) says that it is none',
}


def _outside_hours(bars: Bars) -> tuple[float, float]:
    """The share of the newest bars outside New York's regular hours, and outside 04:00 to 20:00."""
    part = bars.slice(max(len(bars) - ROWS, 0), len(bars))
    day = new_york.index_of(new_york.local_day(part.timestamp))
    early = part.end <= new_york.wall_clock(4)[day]
    night = early | (part.timestamp >= new_york.wall_clock(20)[day])
    regular = calendar_for(AssetClass.STOCK).is_regular(part.timestamp, part.end)
    return float(np.mean(~regular)), float(np.mean(night))
