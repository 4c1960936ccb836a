"""What timeframe the bars of a file have: how far apart they lie, and whether they stand for weeks and months."""

from dataclasses import dataclass

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.stretches import MONDAY, stretches_of
from weaver.model.errors import InputError
from weaver.model.market.bars import Bool, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe, Unit

_DAY_SHORTEST = 23 * HOUR
"""Between two midnights of a place whose clocks go forward."""
_LONGEST_GUESS, _YEAR = 7, 366
"""Days."""
_NEIGHBOURS_MAX = 5
"""Days between two sessions that follow each other, a holiday and a weekend between them."""
_OFTEN = 0.05
_HOLES_MAX, _HOLES_MAX_DAILY = 10, 3
"""Sparse bars are believed to be of the timeframe named where two of them lie at most so many of it apart."""
_ENDS_TOLD = 4
"""From so many bars on, the first and the last may be labelled within their week or month: it was not whole yet."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """Stamps of bars of a day or more, one a bar, rising."""

    name: str
    """What the bars are called in errors."""
    timestamp: Int64
    day: Int64
    """The session that each stamp lies in, days since the epoch."""
    may_begin: Bool
    may_end: Bool
    """Whether it can be the label of the first, of the last day of the bar: a time of day tells."""
    calendar: Calendar
    is_always_open: bool


def common_step(times: Int64) -> int | None:
    """The most common distance (ns) of neighbours, of several the longest within a day; None where there is one bar."""
    apart = np.diff(times)
    if len(apart) and apart[0] > 0 and bool((apart == apart[0]).all()):
        return int(apart[0])
    lengths, counts = np.unique(apart[apart > 0], return_counts=True)
    if not len(lengths):
        return None
    common = lengths[counts == counts.max()]
    within = common[common < _DAY_SHORTEST]
    return int(within[-1] if len(within) else common[0])


def is_daily_step(step: int) -> bool:
    """Whether bars so far apart are labelled with days."""
    return step >= _DAY_SHORTEST


def intraday_timeframe(
    name: str, timestamp: Int64, step: int, wanted: Timeframe | None, calendar: Calendar
) -> Timeframe:
    """The timeframe of bars that lie `step` apart as a rule. Raises InputError where `wanted` cannot be made of it."""
    if wanted is not None and wanted.nanoseconds % step:
        own = _sparse_step(_steady(timestamp, calendar))
        if own is not None and not wanted.nanoseconds % own:
            return Timeframe(own)
        if step > wanted.nanoseconds and not step % MINUTE:
            raise _too_fine(name, wanted, Timeframe(step) if step <= DAY else Timeframe(DAY))
    if step % MINUTE:
        raise InputError(f"{name}: bars {step / 1e9:g} s apart are no timeframe: whole minutes up to a day")
    return Timeframe(step)


def daily_timeframe(labels: Labels, wanted: Timeframe | None) -> Timeframe:
    """The timeframe of bars labelled with days. Raises InputError where `wanted` cannot be made of them."""
    if wanted is not None and not wanted.is_daily:
        raise _too_fine(labels.name, wanted, Timeframe(DAY))
    if len(labels.day) == 1 and wanted is not None:
        if wanted.unit is not Unit.TIME and not _are_calendar(labels, wanted):
            raise _not_calendar(labels.name, "the bar is", wanted)
        return wanted
    found = _natural(labels)
    if wanted is None:
        if found.unit is Unit.TIME and found.days > _LONGEST_GUESS:
            raise InputError(f"{labels.name}: bars {found.days} days apart: give --timeframe")
        return found
    if wanted.is_made_of(found):
        return found
    if wanted.unit is Unit.TIME:
        if found.unit is Unit.TIME and _is_sparse_daily(labels, wanted.days):
            return wanted
        raise _too_fine(labels.name, wanted, found)
    if found.unit is Unit.TIME and found.days > 1:
        raise _not_calendar(labels.name, f"the bars are {found.days} days apart, and", wanted)
    raise InputError(
        f"{labels.name}: the bars are {found} apart: bars of {wanted} cannot be made of them, only of days or of what "
        f"fits into a day; leave the timeframe out, or give {found} or a multiple"
    )


def with_first_sessions(labels: Labels, timeframe: Timeframe) -> Int64:
    """The stamps of bars of weeks or months: the first session of each, wherever in it the bar is labelled."""
    day = _week_days(labels, timeframe.unit)
    first, stop = stretches_of(day, timeframe)
    known = _sessions(labels, int(first[0]), int(stop[-1]))
    session = known[np.minimum(np.searchsorted(known, first), len(known) - 1)]
    session = np.where(session < stop, session, first)
    return np.maximum(session, day) if _inner(labels.may_begin & _begins(labels, day, first)) else session


def doubt_about(labels: Labels, timeframe: Timeframe) -> str | None:
    """What is unclear about labels of weeks: whether those of a weekend begin or end one."""
    weekend = (labels.day - MONDAY) % 7 >= 5
    if timeframe.unit is Unit.MONTH or timeframe.days % 7 or not weekend.any():
        return None
    day = _WEEKDAYS[int((labels.day[np.argmax(weekend)] - MONDAY) % 7)]
    return (
        f"weeks are labelled with {day}s, taken for the days on which they begin: if they end there, each bar is seen "
        "a week late; label them with their Mondays"
    )


def _natural(labels: Labels) -> Timeframe:
    """What the labels show by themselves: days, months or weeks of the calendar, or a number of days."""
    if len(labels.day) > 1 and _mode(_session_steps(labels)) == 1:
        return Timeframe(DAY)
    for unit in (Unit.MONTH, Unit.WEEK):
        count = _stretches_apart(labels, unit)
        if count is not None and _are_calendar(labels, Timeframe.of(count, unit)):
            return Timeframe.of(count, unit)
    return Timeframe(_mode(np.diff(labels.day)) * DAY) if len(labels.day) > 1 else Timeframe(DAY)


def _stretches_apart(labels: Labels, unit: Unit) -> int | None:
    """How many weeks or months the labels are apart as a rule; None where two share one, or others are no multiple."""
    first, _ = stretches_of(_week_days(labels, unit), Timeframe.of(1, unit))
    number = first.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    apart = np.diff(number if unit is Unit.MONTH else first // 7)
    if (
        len(apart) > 1
        and apart[-1] == 0
        and apart[:-1].all()
        and _are_calendar(_but_last(labels), Timeframe.of(1, unit))
    ):
        span = "week" if unit is Unit.WEEK else "month"
        raise InputError(
            f"{labels.name}: the last bar lies in the same {span} as the one before it: take the unfinished one out"
        )
    count = _mode(apart) if len(apart) else 1
    if count == 0 or not apart.all() or (apart % count).any() or Timeframe.of(count, unit).days > _YEAR:
        return None
    return count


def _are_calendar(labels: Labels, timeframe: Timeframe) -> bool:
    """Whether all labels stand at the first, or all at the last session of their weeks or months (or outside them)."""
    day = _week_days(labels, timeframe.unit)
    first, stop = stretches_of(day, timeframe)
    ends = labels.may_end & _begins(labels, stop, day + 1)
    if timeframe.unit is Unit.WEEK and labels.is_always_open:
        ends &= labels.timestamp % DAY != 0  # a Sunday's date rather begins a week that is not the calendar's
    return _inner(labels.may_begin & _begins(labels, day, first)) or _inner(ends)


def _begins(labels: Labels, day: Int64, first: Int64) -> Bool:
    """Whether no session lies before each day, from `first` on."""
    known = _sessions(labels, int(first[0]) - 1, int(day[-1]) + 1)
    none: Bool = np.searchsorted(known, first) == np.searchsorted(known, day)
    return none


def _inner(holds: Bool) -> bool:
    """Whether it holds for all bars; of many, the first and the last need not be whole."""
    return bool(holds[1:-1].all() if len(holds) >= _ENDS_TOLD else holds.all())


def _sparse_step(apart: Int64) -> int | None:
    """What bars with holes are bars of, where that is whole minutes and they lie close enough to tell."""
    step = int(np.gcd.reduce(apart)) if len(apart) else 0
    return step if step and not step % MINUTE and _is_sparse(apart, step, holes=_HOLES_MAX) else None


def _is_sparse(apart: Int64, step: int, *, holes: int) -> bool:
    """Whether bars that lie `apart` can be bars of `step` with holes: its multiples, and not of anything longer."""
    if not len(apart) or int(np.gcd.reduce(apart)) != step or int(apart.min()) > holes * step:
        return False
    mode = _mode(apart)
    return mode == step or float((apart % mode != 0).mean()) >= _OFTEN


def _is_sparse_daily(labels: Labels, days: int) -> bool:
    """Whether bars are days with holes, by whichever days they may have been counted: all, weekdays, or sessions."""
    steps = _session_steps(labels)
    counted = (np.diff(labels.day), np.diff(np.busday_count("1970-01-01", labels.day.astype("datetime64[D]"))), steps)
    by_one = all(int(np.gcd.reduce(one)) == 1 for one in counted)
    return days == 1 and by_one and _is_sparse(steps, 1, holes=_HOLES_MAX_DAILY)


def _steady(timestamp: Int64, calendar: Calendar) -> Int64:
    """The distances (ns) within sessions, without those of pieces: a bar is cut where trading begins or ends."""
    session = calendar.session_of(timestamp, daily=False)
    regular = calendar.is_regular(timestamp, timestamp + 1)
    is_edge = regular != calendar.is_regular(timestamp - 1, timestamp)
    apart, same = np.diff(timestamp), session[1:] == session[:-1]
    steady = same & ~is_edge[1:] & ~is_edge[:-1]
    found: Int64 = apart[steady if steady.any() else same]
    return found


def _session_steps(labels: Labels) -> Int64:
    """How many sessions each label lies after the one before; 1 where they follow each other, weekends between."""
    first, last = int(labels.day[0]), int(labels.day[-1])
    known, day = _sessions(labels, first, last + 1), np.diff(labels.day)
    steps = np.diff(np.searchsorted(known, labels.day, side="right"))
    return np.where((steps <= 1) & (day <= _NEIGHBOURS_MAX), 1, np.maximum(steps, 2))


def _sessions(labels: Labels, first: int, stop: int) -> Int64:
    return labels.calendar.expected_sessions(first, stop - 1).astype(np.int64)


def _week_days(labels: Labels, unit: Unit) -> Int64:
    """The labels' days; of weeks, a weekend without trading belongs to the week that follows."""
    if unit is not Unit.WEEK or labels.is_always_open:
        return labels.day
    weekday = (labels.day - MONDAY) % 7
    return np.where(weekday >= 5, labels.day + 7 - weekday, labels.day)


def _but_last(labels: Labels) -> Labels:
    return Labels(
        name=labels.name,
        timestamp=labels.timestamp[:-1],
        day=labels.day[:-1],
        may_begin=labels.may_begin[:-1],
        may_end=labels.may_end[:-1],
        calendar=labels.calendar,
        is_always_open=labels.is_always_open,
    )


def _mode(values: Int64) -> int:
    lengths, counts = np.unique(values, return_counts=True)
    return int(lengths[np.argmax(counts)])


def _too_fine(name: str, wanted: Timeframe, found: Timeframe) -> InputError:
    return InputError(
        f"{name}: the bars are {found} apart: bars of {wanted} cannot be made of them; leave the timeframe out, or "
        f"give {found} or a multiple"
    )


def _not_calendar(name: str, what: str, wanted: Timeframe) -> InputError:
    span, begin = ("week", "Monday") if wanted.unit is Unit.WEEK else ("month", "the first")
    return InputError(
        f"{name}: {what} not labelled with the first or last day of a {span}: {wanted} bars are the calendar's, from "
        f"{begin} on; leave the timeframe out, or give days"
    )
