"""Times as people and vendors write them, a whole column at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Bool, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE
from weaver.walle.files.columns.origin import Origin

SECOND = 1_000_000_000
_EARLIEST = int(np.datetime64("1900-01-01", "ns").astype(np.int64))
_LATEST = int(np.datetime64("2100-01-01", "ns").astype(np.int64))
HOW_TO = "write 2017-01-03, 2017-01-03T14:30:00Z, or seconds since 1970"

_CLOCK = r"""(?:[T ]\s*(?P<hour>\d{2}|\d(?=:)):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?
\s*(?P<zone>Z|UTC|(?:GMT|UTC)?(?P<sign>[+-])(?P<zone_hour>\d{2}):?(?P<zone_minute>\d{2})?|GMT)?)?"""
_DATES = (
    r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})",
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})",
)
_LAYOUTS = tuple(re.compile(date + _CLOCK, re.VERBOSE | re.ASCII) for date in _DATES)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone_hour", "zone_minute")
_QUICK_DIGITS = 18
_PIECE = 1 << 17
"""Rows that are taken apart together: a dozen numbers stand in memory for each."""
_LIMITS = {"hour": 23, "minute": 59, "second": 59, "zone_hour": 15, "zone_minute": 59}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrittenTimes:
    """Times as they stand in a column; int64 ns, n values each.

    local: what is written, as if it were UTC; in the column's own zone, where it has one. instant: the same in UTC, or
    None where no zone is written.
    """

    local: Int64
    instant: Int64 | None

    @property
    def is_elsewhere(self) -> bool:
        """They are written in a zone, which is not UTC."""
        if self.instant is None or self.local is self.instant:
            return False
        return not np.array_equal(self.local, self.instant)

    @property
    def are_dates(self) -> bool:
        """Nothing but midnights is written; where a zone's clocks skip one, the hour after stands for it."""
        if not self.is_elsewhere and len(self.local) and self.local[0] % DAY:
            return False
        late = self.local % DAY
        count = int(np.count_nonzero(late))
        return not count or (2 * count < len(late) and bool((late <= HOUR).all()) and self.is_elsewhere)

    @property
    def steps(self) -> Int64:
        """The times as they are to be compared with their neighbours: dates as dates, whatever clocks did between."""
        return self.local if self.instant is None or self.are_dates else self.instant

    def take(self, rows: Int64) -> "WrittenTimes":
        """Those of some rows."""
        instant = None if self.instant is None else self.instant[rows]
        return WrittenTimes(local=self.local[rows], instant=instant)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextColumn:
    """n strings in one buffer, as Arrow keeps them: string i is data[offsets[i]:offsets[i + 1]] (UTF-8)."""

    offsets: Int64
    data: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """A column of the given strings."""
        encoded = [text.encode() for text in texts]
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(offsets=offsets, data=np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return bytes(self.data[self.offsets[row] : self.offsets[row + 1]]).decode()

    def rows(self, some: slice) -> "TextColumn":
        """The strings of some rows, which share the buffer."""
        start, stop, _ = some.indices(len(self))
        return TextColumn(offsets=self.offsets[start : stop + 1], data=self.data)

    def matrix(self) -> NDArray[np.uint8] | None:
        """The characters as uint8[n, length], if all strings are equally long."""
        lengths = np.diff(self.offsets)
        if not len(lengths) or lengths[0] == 0 or (lengths != lengths[0]).any():
            return None
        return self.data[self.offsets[0] : self.offsets[-1]].reshape(len(self), int(lengths[0]))


def parse_times(texts: TextColumn, *, origin: Origin, is_utc: bool = False) -> WrittenTimes:
    """Times in any supported spelling, one spelling a column. Raises DataError naming the first bad row.

    is_utc: what has no zone is in UTC. Unix times count seconds, or milli-, micro- or nanoseconds, by their size.
    """
    lengths = np.diff(texts.offsets)
    origin.check(lengths == 0, lambda _row: f"the time is empty: {HOW_TO}")
    first = texts[0]
    if re.fullmatch(r"-?\d+(\.\d+)?", first) and not re.fullmatch(r"(19|20)\d{6}|(19|20)\d{10}|(19|20)\d{12}", first):
        return from_epoch(_numbers(texts, origin), origin=origin)
    written = _parse_dates(texts, first, origin)
    if is_utc and written.instant is None:
        return WrittenTimes(local=written.local, instant=written.local)
    return written


def from_epoch(numbers: NDArray[np.float64] | Int64, *, origin: Origin) -> WrittenTimes:
    """Times since 1970, in the unit that their size tells: seconds up to 1e11, then ms, us, ns."""
    largest = np.abs(numbers).max() if len(numbers) else 0
    unit = SECOND if largest < 1e11 else 1_000_000 if largest < 1e14 else 1_000 if largest < 1e17 else 1
    if numbers.dtype.kind == "f":
        origin.check(~np.isfinite(numbers), lambda row: f"time {numbers[row]} is not a number")
    outside = (numbers < _EARLIEST // unit) | (numbers >= _LATEST // unit)
    origin.check(outside, lambda row: f"time {numbers[row]} lies outside the years 1900-2099, counted from 1970")
    if numbers.dtype.kind == "f":
        whole = np.floor(numbers)
        nanoseconds = whole.astype(np.int64) * unit + np.rint((numbers - whole) * unit).astype(np.int64)
    else:
        nanoseconds = numbers.astype(np.int64) * unit
    return WrittenTimes(local=nanoseconds, instant=nanoseconds)


def _numbers(texts: TextColumn, origin: Origin) -> NDArray[np.float64] | Int64:
    """Unix times, as integers if all are whole."""
    matrix = texts.matrix()
    if matrix is not None and matrix.shape[1] <= _QUICK_DIGITS and not (matrix - 48 > 9).any():
        value = np.zeros(len(texts), dtype=np.int64)
        for position in range(matrix.shape[1]):
            value = value * 10 + (matrix[:, position] - 48)
        return value
    rows = [texts[row] for row in range(len(texts))]
    bad = np.array([re.fullmatch(r"-?\d{1,19}(\.\d*)?", text) is None for text in rows])
    origin.check(bad, lambda row: f"time {rows[row]!r} cannot be read, where others are numbers")
    if any("." in text for text in rows):
        return np.array(rows, dtype=np.float64)
    return np.array([min(int(text), np.iinfo(np.int64).max) for text in rows], dtype=np.int64)


def _parse_dates(texts: TextColumn, first: str, origin: Origin) -> WrittenTimes:
    layout = _layout(texts, first, origin)
    match = layout.fullmatch(_spaced(first))
    if match is None:
        raise origin.error(0, f"time {first!r} cannot be read: {HOW_TO}")
    quick = _parse_pieces(texts, match) if _spaced(first) == first else None
    return _times(*_parse_rows(texts, layout, origin)) if quick is None else quick


def _parse_pieces(texts: TextColumn, match: re.Match[str]) -> WrittenTimes | None:
    """All rows, a piece at a time, if all are laid out as the first one; else None."""
    local = np.empty(len(texts), dtype=np.int64)
    instant = np.empty(len(texts), dtype=np.int64) if match["zone"] is not None else None
    for start in range(0, len(texts), _PIECE):
        piece = slice(start, start + _PIECE)
        found = _parse_matrix(texts.rows(piece), match)
        if found is None or bool(_invalid(found[0]).any()):
            return None
        times = _times(*found)
        local[piece] = times.local
        if instant is not None and times.instant is not None:
            instant[piece] = times.instant
    return WrittenTimes(local=local, instant=instant)


def _times(parts: "TimeParts", has_zone: bool) -> WrittenTimes:
    day = _days(parts)
    clock = parts["hour"] * HOUR + parts["minute"] * MINUTE + parts["second"] * SECOND + parts["fraction"]
    local: Int64 = day * DAY + clock
    instant = local - (parts["zone_hour"] * HOUR + parts["zone_minute"] * MINUTE) if has_zone else None
    return WrittenTimes(local=local, instant=instant)


def _layout(texts: TextColumn, first: str, origin: Origin) -> re.Pattern[str]:
    """The way in which the column is written, from its first value; for 01/02/2017 the other rows tell."""
    fitting = [layout for layout in _LAYOUTS if layout.fullmatch(_spaced(first))]
    if not fitting:
        raise origin.error(0, f"time {first!r} cannot be read: {HOW_TO}")
    if len(fitting) == 1:
        return fitting[0]
    fields = [texts[row].split("/") for row in range(len(texts))]
    for layout, position in zip(fitting, (1, 0), strict=True):
        if any(len(field) == 3 and field[position].isdigit() and int(field[position]) > 12 for field in fields):
            return layout
    raise origin.error(0, f"time {first!r} could be month/day or day/month: {HOW_TO}")


def _spaced(text: str) -> str:
    """20170103 1430 for 201701031430, so that one layout reads both."""
    return f"{text[:8]} {text[8:]}" if text.isdigit() and len(text) > 8 else text


TimeParts = dict[str, Int64]


def _parse_matrix(texts: TextColumn, match: re.Match[str]) -> tuple[TimeParts, bool] | None:
    """All rows at once, if all are laid out as the first one, character by character; else None."""
    matrix, written = texts.matrix(), np.frombuffer(match.string.encode(), dtype=np.uint8)
    if matrix is None or matrix.shape[1] != len(written):
        return None
    parts: TimeParts = {}
    fixed = np.ones(matrix.shape[1], dtype=np.bool_)
    for name in _PARTS:
        start, stop = match.span(name)
        digits = matrix[:, max(start, 0) : max(stop, 0)] - 48  # none where the layout leaves the part out
        if (digits > 9).any():
            return None
        parts[name] = _written(digits)
        fixed[max(start, 0) : max(stop, 0)] = False
    if match["fraction"]:
        parts["fraction"] *= 10 ** (9 - len(match["fraction"]))
    if match["sign"]:
        position = match.start("sign")
        fixed[position] = False
        if not np.isin(matrix[:, position], (43, 45)).all():
            return None
        _turn(parts, matrix[:, position] == 45)
    if (matrix[:, fixed] != written[fixed]).any():
        return None
    return parts, match["zone"] is not None


def _written(digits: NDArray[np.uint8]) -> Int64:
    """The number that each row's digits write; 0 where there are none."""
    value = np.zeros(len(digits), dtype=np.int64)
    for position in range(digits.shape[1]):
        value = value * 10 + digits[:, position]
    return value


def _parse_rows(texts: TextColumn, layout: re.Pattern[str], origin: Origin) -> tuple[TimeParts, bool]:
    """Row by row: slower, for columns of mixed lengths, and to find the row that is wrong."""
    values = np.zeros((len(texts), len(_PARTS)), dtype=np.int64)
    negative = np.zeros(len(texts), dtype=np.bool_)
    zoned = np.zeros(len(texts), dtype=np.bool_)
    for row in range(len(texts)):
        match = layout.fullmatch(_spaced(texts[row]))
        if match is None:
            raise origin.error(row, f"time {texts[row]!r} cannot be read: {HOW_TO}")
        groups = match.groupdict()
        values[row] = [int((groups[name] or "0").ljust(9 if name == "fraction" else 0, "0")) for name in _PARTS]
        negative[row] = groups["sign"] == "-"
        zoned[row] = groups["zone"] is not None
    parts = {name: values[:, column] for column, name in enumerate(_PARTS)}
    origin.check(_invalid(parts), lambda row: f"time {texts[row]!r} does not exist between 1900 and 2099: {HOW_TO}")
    origin.check(zoned != zoned[0], lambda row: f"time {texts[row]!r} differs from the first in having a zone or not")
    _turn(parts, negative)
    return parts, bool(zoned[0])


def _turn(parts: TimeParts, negative: Bool) -> None:
    for name in ("zone_hour", "zone_minute"):
        parts[name] = np.where(negative, -parts[name], parts[name])


def _invalid(parts: TimeParts) -> Bool:
    bad: Bool = (parts["month"] < 1) | (parts["month"] > 12) | (parts["year"] < 1900) | (parts["year"] > 2099)
    for name, limit in _LIMITS.items():
        bad |= np.abs(parts[name]) > limit
    month = _months(parts)
    length = (month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")
    bad |= (parts["day"] < 1) | (parts["day"] > length.astype(np.int64))
    return bad


def _months(parts: TimeParts) -> NDArray[np.datetime64]:
    count = (parts["year"] - 1970) * 12 + np.clip(parts["month"], 1, 12) - 1
    return count.astype("datetime64[M]")


def _days(parts: TimeParts) -> Int64:
    first: Int64 = _months(parts).astype("datetime64[D]").astype(np.int64)
    return first + parts["day"] - 1
