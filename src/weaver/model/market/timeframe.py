"""How much time one bar covers."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from weaver.model.errors import InputError

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Nanoseconds of a minute, an hour, a day."""


class Unit(StrEnum):
    """What a timeframe counts: time that passes, or the calendar's weeks (from Monday) or months."""

    TIME = ""
    WEEK = "w"
    MONTH = "mo"


_LENGTHS = {"m": MINUTE, "h": HOUR, "d": DAY}
_NOMINAL = {Unit.WEEK: 7 * DAY, Unit.MONTH: 30 * DAY}
_SPELLING = re.compile(r"([1-9][0-9]{0,5})(mo|[mhdw])", re.IGNORECASE)
_DAYS_MAX = 366


@dataclass(frozen=True, slots=True, order=True)
class Timeframe:
    """A length of bars: minutes, hours or days, or weeks or months of the calendar; ordered by length.

    `60m` and `1h` are the same value; `7d` and `1w` are not: seven days may begin on any day, a week is the calendar's.
    """

    nanoseconds: int
    """The length; of weeks and months the nominal one, 7 and 30 days each."""
    unit: Unit = Unit.TIME

    def __post_init__(self) -> None:
        if self.nanoseconds <= 0 or self.nanoseconds % MINUTE:
            raise InputError(f"a timeframe is a positive number of whole minutes, not {self.nanoseconds} ns")
        if self.nanoseconds > DAY and self.nanoseconds % DAY:
            minutes = self.nanoseconds // MINUTE
            raise InputError(f"a timeframe over a day is a number of whole days, not {minutes} minutes")

    @classmethod
    def parse(cls, text: str) -> "Timeframe":
        """The timeframe that `5m`, `4h`, `1d`, `1w` or `1mo` spells. Raises InputError, also for more than a year."""
        return _parsed(text)

    @classmethod
    def of(cls, count: int, unit: Unit) -> "Timeframe":
        """So many weeks or months of the calendar."""
        return cls(count * _NOMINAL[unit], unit)

    @property
    def is_daily(self) -> bool:
        """One day or several, weeks, months: bars of whole sessions."""
        return self.nanoseconds % DAY == 0

    @property
    def days(self) -> int:
        """Whole days covered, of months nominally; 0 for an intraday timeframe."""
        return self.nanoseconds // DAY

    @property
    def count(self) -> int:
        """How many weeks or months; of what counts time, how many minutes."""
        return self.nanoseconds // _NOMINAL.get(self.unit, MINUTE)

    def is_made_of(self, finer: "Timeframe") -> bool:
        """Whether whole bars of `finer` make up each bar of this. Weeks do not fit into months, nor any seven days
        into the calendar's weeks."""
        if self.unit is finer.unit:
            return self.nanoseconds % finer.nanoseconds == 0
        if self.unit is Unit.TIME:
            return finer.unit is Unit.WEEK and self.nanoseconds % finer.nanoseconds == 0
        return finer.unit is Unit.TIME and finer.nanoseconds <= DAY and DAY % finer.nanoseconds == 0

    def __str__(self) -> str:
        if self.unit is not Unit.TIME:
            return f"{self.count}{self.unit}"
        for name in ("d", "h", "m"):
            if self.nanoseconds % _LENGTHS[name] == 0:
                return f"{self.nanoseconds // _LENGTHS[name]}{name}"
        raise AssertionError(f"not a number of minutes: {self.nanoseconds}")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Timeframe:
    spelt = text.strip()
    if re.fullmatch(r"[0-9]+M", spelt):
        number = spelt[:-1]
        raise InputError(
            f"timeframe {text!r} may mean minutes or months: write {number}m for minutes, {number}mo for months"
        )
    match = _SPELLING.fullmatch(spelt)
    if match is None:
        raise InputError(
            f"timeframe {text!r} is unknown: write minutes, hours, days, weeks or months, as 5m, 1h, 1d, 1w, 1mo"
        )
    count, name = int(match[1]), match[2].lower()
    found = Timeframe(count * _LENGTHS[name]) if name in _LENGTHS else Timeframe.of(count, Unit(name))
    if found.days > _DAYS_MAX:
        raise InputError(f"timeframe {text!r} is too long: {_DAYS_MAX}d, 52w or 12mo at most")
    return found
