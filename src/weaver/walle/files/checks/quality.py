"""What may be wrong with data that could be true."""

from dataclasses import dataclass

import numpy as np

from weaver.model.calendar.calendar import Calendar, Gaps
from weaver.model.counted import counted
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.price_range import price_doubt
from weaver.model.market.timeframe import DAY
from weaver.walle.files.checks.asset_evidence import asset_doubt
from weaver.walle.files.checks.gaps import begins, missing_days
from weaver.walle.files.columns.times.moment import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWarning:
    """A doubt about data, by a code that programs can hold on to: gaps, no_session, outside_sessions,
    no_volume, zero_volume, short_bars, asset_doubt, price_range, action_twice, action_doubt, split_ratio, jump."""

    code: str
    message: str


def check_bars(bars: Bars, calendar: Calendar, asset_class: AssetClass) -> tuple[DataWarning, ...]:
    """Doubts about the bars alone, at most one of each code; `check_corporate_actions` has the others."""
    found = [
        ("gaps", _gaps(bars, calendar)),
        ("no_session", _no_session(bars, calendar)),
        ("outside_sessions", _outside(bars, calendar)),
        *_volume(bars),
        ("short_bars", None if calendar.labels_are_dates else _short(bars)),
        ("asset_doubt", asset_doubt(bars, asset_class) if calendar.name is None else None),
        ("price_range", price_doubt(bars)),
    ]
    return tuple(
        DataWarning(code=code, message=f"{bars.symbol} {bars.timeframe}: {text}") for code, text in found if text
    )


def _gaps(bars: Bars, calendar: Calendar) -> str | None:
    if not len(bars):
        return None
    if bars.timeframe.is_daily:
        missing = missing_days(bars, calendar)
        if not len(missing):
            return None
        return f"{counted(len(missing), 'session')} missing, the first {moment(int(missing[0]) * DAY)}"
    gaps = calendar.gaps(bars.timestamp, bars.end, bars.timeframe)
    if not len(gaps):
        return None
    longest = int(np.argmax(gaps.missing))
    named = Gaps(start=gaps.start[[0, longest]], stop=gaps.stop[[0, longest]], missing=gaps.missing[[0, longest]])
    first_begins, longest_begins = begins(named, calendar).tolist()
    return (
        f"{counted(int(gaps.missing.sum()), 'bar')} missing in {counted(len(gaps), 'gap')}, the first at "
        f"{moment(first_begins)}, the longest ({int(gaps.missing[longest])}) at {moment(longest_begins)} UTC"
    )


def _no_session(bars: Bars, calendar: Calendar) -> str | None:
    session = calendar.last_session_of(bars)
    off = ~calendar.is_session(session)
    if not off.any():
        return None
    first = moment(int(session[np.argmax(off)]) * DAY)
    return f"{counted(int(off.sum()), 'bar')} on days without a session, the first on {first}"


def _outside(bars: Bars, calendar: Calendar) -> str | None:
    """Of an exchange that was named; what New York's stocks do outside their hours is known."""
    if calendar.name is None or bars.timeframe.is_daily:
        return None
    off = ~calendar.is_regular(bars.timestamp, bars.end)
    if not off.any():
        return None
    first, share = moment(bars.timestamp[np.argmax(off)]), float(off.mean())
    return (
        f"{counted(int(off.sum()), 'bar')} ({share:.1%}) outside the sessions of {calendar.name}, and those fill "
        f"nothing, the first at {first} UTC: another calendar (--calendar), or another zone of the times (--tz)?"
    )


def _volume(bars: Bars) -> list[tuple[str, str | None]]:
    empty = bars.volume == 0
    if not empty.any():
        return []
    if empty.all():
        return [("no_volume", "no bar has volume, so volume is not looked at")]
    first = moment(bars.timestamp[np.argmax(empty)])
    return [
        ("zero_volume", f"{counted(int(empty.sum()), 'bar')} of volume 0 (they fill nothing), the first at {first}")
    ]


def _short(bars: Bars) -> str | None:
    if bars.timeframe.is_daily:
        return None
    short = np.diff(bars.timestamp) < bars.timeframe.nanoseconds
    if not short.any():
        return None
    first = moment(bars.timestamp[np.argmax(short)])
    return f"{counted(int(short.sum()), 'bar')} shorter than {bars.timeframe}, the first at {first}"
