"""Instants that come again with the sessions of a calendar: a time of day, or so long from the open or the close."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.stretches import MONDAY
from weaver.model.errors import InputError
from weaver.model.market.bars import Int32
from weaver.model.market.timeframe import DAY, MINUTE

AHEAD = 45 * DAY
"""In so long there is a first session of a month."""
_EPOCH = date(1970, 1, 1)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SPAN = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,4})m)?")


class Every(StrEnum):
    """Of which sessions: of all, or of the first of each week (from Monday) or month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """One instant of each of some sessions; one of `at`, `after_open` (ns) and `before_close` (ns) is given.

    `at` is a wall-clock time in `zone`: of the date on which it falls into the session, be that the session's own, the
    one before or the one after; where it falls into it on none, before the open on the session's date, or at the close
    (of an early close, say). Where clocks are put forward over it, it is as much later as they are; where it comes
    twice, the first time counts.
    """

    every: Every
    at: time | None = None
    zone: ZoneInfo | None = None
    after_open: int | None = None
    before_close: int | None = None

    @classmethod
    def parse(
        cls, *, every: str, at: str | None, zone: str | None, after_open: str | None, before_close: str | None
    ) -> "Recurring":
        """Raises InputError on what says no such instant."""
        if every not in list(Every):
            raise InputError(f"every is one of {', '.join(Every)}, not {every!r}")
        if sum(one is not None for one in (at, after_open, before_close)) != 1:
            raise InputError('a schedule has one of at="10:00", after_open="30m" and before_close="5m"')
        if zone is not None and at is None:
            raise InputError("zone is that of a time of day, at; the open and the close are the exchange's")
        return cls(
            every=Every(every),
            at=None if at is None else _clock(at),
            zone=None if zone is None else _zone(zone),
            after_open=None if after_open is None else _span(after_open, "after_open"),
            before_close=None if before_close is None else _span(before_close, "before_close"),
        )

    def between(self, calendar: Calendar, zone: ZoneInfo, begin: int, end: int) -> list[int]:
        """The instants (ns) after `begin` and up to `end`, ascending; `zone`: of the exchange's clocks."""
        days = np.array([begin // DAY - 2, end // DAY + 2])
        sessions = self._sessions(calendar, *days.tolist())
        opens, closes = calendar.session_open(sessions).tolist(), calendar.session_close(sessions).tolist()
        rows = zip(sessions.tolist(), opens, closes, strict=True)
        found = (self._of(session, opened, closed, zone) for session, opened, closed in rows)
        return sorted(instant for instant in found if begin < instant <= end)

    def _sessions(self, calendar: Calendar, first: int, last: int) -> Int32:
        """The sessions that count, from one day to another, days since the epoch."""
        known = calendar.usual_sessions(first - 40, last)
        group = known.astype(np.int64)
        if self.every is Every.WEEK:
            group = (group - MONDAY) // 7
        elif self.every is Every.MONTH:
            group = group.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return known[(np.diff(group, prepend=group[:1]) > 0) & (known >= first)]

    def _of(self, session: int, opened: int, closed: int, zone: ZoneInfo) -> int:
        """The instant of one session (its day since the epoch, its open and close), ns."""
        if self.after_open is not None:
            return opened + self.after_open
        if self.before_close is not None:
            return closed - self.before_close
        assert self.at is not None
        own = _EPOCH + timedelta(days=session)
        for day in (own, own - timedelta(days=1), own + timedelta(days=1)):
            instant = _wall(day, self.at, self.zone or zone)
            if opened <= instant <= closed:
                return instant
        return min(_wall(own, self.at, self.zone or zone), closed)


def _wall(day: date, at: time, zone: ZoneInfo) -> int:
    return instant_of(datetime.combine(day, at, zone).astimezone(UTC))


def _clock(text: object) -> time:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InputError(f'at is a time of day, as "10:00" or "15:45", not {text!r}')
    return time(int(found[1]), int(found[2]))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, TypeError, ValueError):
        raise InputError(f'zone is the name of a time zone, as "Europe/London", not {name!r}') from None


def _span(text: object, name: str) -> int:
    found = _SPAN.fullmatch(text) if isinstance(text, str) and text else None
    minutes = -1 if found is None else 60 * int(found[1] or 0) + int(found[2] or 0)
    if not 0 <= minutes <= 24 * 60:
        raise InputError(f'{name} is a span of up to a day, as "5m", "1h" or "1h30m", not {text!r}')
    return minutes * MINUTE
