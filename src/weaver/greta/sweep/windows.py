"""Windows of a walk-forward: on which sessions parameters are chosen, and on which they are then traded."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InputError

Days = NDArray[np.int32]
EPOCH = date(1970, 1, 1)
_UNITS = {"y": 12, "mo": 1}
_LENGTH = re.compile(r"(\d+)\s*(|y|mo|w|s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a part of a window is: so many sessions, or so much of the calendar."""

    count: int
    unit: str
    """`s` sessions, `w` weeks, `mo` months, `y` years."""

    @classmethod
    def parse(cls, given: object, name: str) -> "Length":
        """`250` (sessions), `"2y"`, `"6mo"`, `"3w"`. Raises InputError."""
        found = _LENGTH.fullmatch(str(given).strip().lower()) if not isinstance(given, bool) else None
        if found is None or int(found[1]) < 1:
            raise InputError(f"{name}: give a number of sessions (250), or 2y, 6mo, 3w; not {given!r}")
        return cls(count=int(found[1]), unit=found[2] or "s")

    def after(self, days: Days, day: int) -> int:
        """The day (since the epoch) on which ends what begins on a day; where it is counted in sessions, that of a
        session, or a day past the last one."""
        if self.unit == "s":
            index = int(np.searchsorted(days, day)) + self.count
            return int(days[index]) if index < len(days) else int(days[-1]) + 1 + index - len(days)
        return _later(EPOCH + timedelta(days=day), self)

    def before(self, days: Days, day: int) -> int:
        """The day on which begins what ends on a day; where that lies before the first session, its day."""
        if self.unit == "s":
            return int(days[max(int(np.searchsorted(days, day)) - self.count, 0)])
        return max(_later(EPOCH + timedelta(days=day), self, sign=-1), int(days[0]))

    def __str__(self) -> str:
        return f"{self.count}{'' if self.unit == 's' else self.unit}"


def _later(day: date, length: Length, *, sign: int = 1) -> int:
    """The day that lies so much of the calendar after one (or before it), since the epoch; of a shorter month its
    last."""
    if length.unit == "w":
        return (day - EPOCH).days + sign * 7 * length.count
    year, month = divmod(day.year * 12 + day.month - 1 + sign * length.count * _UNITS[length.unit], 12)
    if not date.min.year <= year <= date.max.year:
        return (date.max - EPOCH).days * sign
    return (date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) - EPOCH).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Sessions by index: from the first of each pair to before the second."""

    train: tuple[int, int]
    test: tuple[int, int]


def windows(
    days: Days, *, train: Length, test: Length, step: Length | None = None, anchored: bool = False, embargo: int = 0
) -> list[Window]:
    """The windows that fit sessions, which lie on these days (since the epoch, rising).

    Each is trained on `train` sessions and tested on the `test` sessions after them, `embargo` sessions in between left
    out. The next begins `step` later, by itself where the test ends, so that tests follow each other without a gap.
    Anchored windows all begin at the first session. The last test may be cut off by the end of the data where at
    least half of it is there.

    Raises InputError where not one fits, and where tests would overlap.
    """
    if embargo < 0:
        raise InputError(f"embargo={embargo}: 0 sessions or more")
    found = list(_windows(days, train, test, step, anchored=anchored, embargo=embargo))
    if not found:
        raise InputError(
            f"no window fits the data: train {train} and test {test} (embargo {embargo}) need more than the "
            f"{len(days):,} sessions that there are from {_text(days[0])} to {_text(days[-1])}: take shorter ones"
        )
    for before, after in pairwise(found):
        if after.test[0] < before.test[1]:
            raise InputError(f"step {step} is shorter than the test ({test}): the tests would overlap; leave step out")
    return found


def _windows(
    days: Days, train: Length, test: Length, step: Length | None, *, anchored: bool, embargo: int
) -> Iterator[Window]:
    """Tests begin on days that follow each other by the calendar, whether or not these are sessions."""
    day = train.after(days, int(days[0]))
    if embargo:
        day = Length(count=embargo, unit="s").after(days, day)
    while (begin := int(np.searchsorted(days, day))) < len(days):
        over = test.after(days, day)
        end = int(np.searchsorted(days, over))
        if over > int(days[-1]) + 1 and 2 * (end - begin) < _usual(days, test):
            return
        fence = begin - embargo
        start = 0 if anchored else int(np.searchsorted(days, train.before(days, int(days[fence]) if embargo else day)))
        if end > begin:
            yield Window(train=(start, fence), test=(begin, end))
        day = over if step is None else step.after(days, day)


def _usual(days: Days, length: Length) -> int:
    """About how many sessions a length has."""
    if length.unit == "s":
        return length.count
    span = max(int(days[-1]) - int(days[0]), 1)
    per_day = (len(days) - 1) / span
    size = {"w": 7.0, "mo": 30.44, "y": 365.25}[length.unit]
    return max(round(length.count * size * per_day), 1)


def _text(day: np.int32) -> str:
    return str(EPOCH + timedelta(days=int(day)))
