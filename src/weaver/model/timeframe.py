"""How much time one bar covers."""

import re
from dataclasses import dataclass

from weaver.model.errors import InputError

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Nanoseconds of a minute, an hour, a day."""

_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
_SPELLING = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")


@dataclass(frozen=True, slots=True, order=True)
class Timeframe:
    """A length of bars: minutes, hours or days; ordered by length. `60m` and `1h` are the same value."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if self.nanoseconds <= 0 or self.nanoseconds % MINUTE:
            raise InputError(f"a timeframe is a positive number of whole minutes, not {self.nanoseconds} ns")
        if self.nanoseconds > DAY and self.nanoseconds % DAY:
            minutes = self.nanoseconds // MINUTE
            raise InputError(f"a timeframe over a day is a number of whole days, not {minutes} minutes")

    @classmethod
    def parse(cls, text: str) -> "Timeframe":
        """The timeframe that `5m`, `4h` or `1d` spells. Raises InputError."""
        match = _SPELLING.fullmatch(text.strip().lower())
        if match is None:
            raise InputError(f"timeframe {text!r} is unknown: write minutes, hours or days, as 5m, 1h, 1d")
        count, unit = match.groups()
        return cls(int(count) * _UNITS[unit])

    @property
    def is_daily(self) -> bool:
        """One day or several: bars of whole sessions."""
        return self.nanoseconds % DAY == 0

    @property
    def days(self) -> int:
        """Whole days covered; 0 for an intraday timeframe."""
        return self.nanoseconds // DAY

    def __str__(self) -> str:
        for unit in ("d", "h", "m"):
            if self.nanoseconds % _UNITS[unit] == 0:
                return f"{self.nanoseconds // _UNITS[unit]}{unit}"
        raise AssertionError(f"not a number of minutes: {self.nanoseconds}")
