"""Times as people and vendors write them, a whole column at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Bool, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.epoch_units import epoch_units
from weaver.walle.files.columns.times.time_layout import HOW_TO, MONTHS, Layout, layout_of, spaced
from weaver.walle.files.columns.times.zone_names import instants_in
from weaver.walle.files.spelling import DateOrder

SECOND = 1_000_000_000
_EARLIEST = int(np.datetime64("1900-01-01", "ns").astype(np.int64))
_LATEST = int(np.datetime64("2100-01-01", "ns").astype(np.int64))
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone_hour", "zone_minute")
_QUICK_DIGITS = 19
_TOO_SMALL = 100_000_000
"""Numbers below are no seconds since 1970 (they would end in March 1973), but days as Excel counts them, dates of six
digits, or milliseconds of a day."""
_SMALL = (
    "a day's number of a spreadsheet (format the column as dates there, and save again), a date without its century, "
    "or a time of day without its date? Write 2017-01-03, 2017-01-03T14:30:00Z, or seconds since 1970"
)
_CENTURY = 69
"""Two digits from here on are years of the 1900s, as POSIX has it."""
_PIECE = 1 << 17
"""Rows that are taken apart together: a dozen numbers stand in memory for each."""
_LIMITS = {"hour": 23, "minute": 59, "second": 59, "zone_hour": 15, "zone_minute": 59}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrittenTimes:
    """Times as they stand in a column; int64 ns, n values each.

    local: what is written, as if it were UTC; in the column's own zone, where it has one. instant: the same in UTC, or
    None where no zone is written, or one that leaves open whose clocks they are: unclear_zone.
    """

    local: Int64
    instant: Int64 | None
    unclear_zone: str | None = None

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
        return WrittenTimes(local=self.local[rows], instant=instant, unclear_zone=self.unclear_zone)


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


def parse_times(
    texts: TextColumn, *, origin: Origin, is_utc: bool = False, date_order: DateOrder | None = None
) -> WrittenTimes:
    """Times in any supported spelling, one spelling a column. Raises DataError naming the first bad row.

    is_utc: what has no zone is in UTC. date_order: how to read a date that could be read in two ways. Unix times count
    seconds, or milli-, micro- or nanoseconds, by their size.
    """
    lengths = np.diff(texts.offsets)
    origin.check(lengths == 0, lambda _row: f"the time is empty: {HOW_TO}")
    first = texts[0]
    if is_number(first):
        return from_epoch(_numbers(texts, origin), origin=origin)
    written = _parse_dates(texts, first, date_order, origin)
    if is_utc and written.instant is None:
        return WrittenTimes(local=written.local, instant=written.local)
    return written


def is_number(text: str) -> bool:
    """Whether a time is a number, and no date written as one (20200302)."""
    is_date = re.fullmatch(r"(19|20)\d{6}|(19|20)\d{10}|(19|20)\d{12}", text) is not None
    return not is_date and re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def from_epoch(numbers: NDArray[np.float64] | Int64, *, origin: Origin) -> WrittenTimes:
    """Times since 1970, in the unit that their size tells: seconds up to 1e11, then ms, us, ns. Numbers that write
    dates (20200302) are these."""
    if numbers.dtype.kind == "f":
        origin.check(~np.isfinite(numbers), lambda row: f"time {numbers[row]} is not a number")
    if len(numbers) and not is_number(str(int(numbers[0]))):
        return parse_times(TextColumn.of([f"{number:.0f}" for number in numbers]), origin=origin)
    largest = np.abs(numbers).max() if len(numbers) else 0
    if 0 < largest < _TOO_SMALL:
        raise origin.error(0, f"time {numbers[0]} is too small for seconds since 1970: {_SMALL}")
    unit = epoch_units(numbers)
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
    is_quick = matrix is not None and matrix.shape[1] <= _QUICK_DIGITS and not (matrix - 48 > 9).any()
    if matrix is not None and is_quick and not (matrix.shape[1] == _QUICK_DIGITS and (matrix[:, 0] == ord("9")).any()):
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


def _parse_dates(texts: TextColumn, first: str, order: DateOrder | None, origin: Origin) -> WrittenTimes:
    layout = layout_of(texts, order, origin=origin)
    match = layout.match(first)
    if match is None:
        raise origin.error(0, f"time {first!r} cannot be read: {HOW_TO}")
    local = _parse_pieces(texts, match) if spaced(first) == first else None
    if local is None:
        return _parse_rows(texts, layout, origin)
    if match["zone_name"] is None:
        return local
    name = match["zone_name"]
    rows = np.ones(len(texts), dtype=np.bool_)
    instant = instants_in(local.local, {name}, {name: rows}, origin=origin)
    return WrittenTimes(local=local.local, instant=instant, unclear_zone=name if instant is None else None)


def _parse_pieces(texts: TextColumn, match: re.Match[str]) -> WrittenTimes | None:
    """All rows, a piece at a time, if all are laid out as the first one; else None. A zone's name is not followed."""
    local = np.empty(len(texts), dtype=np.int64)
    instant = None if match["zone"] is None or match["zone_name"] is not None else np.empty(len(texts), dtype=np.int64)
    for start in range(0, len(texts), _PIECE):
        piece = slice(start, start + _PIECE)
        parts = _parse_matrix(texts.rows(piece), match)
        if parts is None or bool(_invalid(parts).any()):
            return None
        local[piece] = _local(parts)
        if instant is not None:
            instant[piece] = local[piece] - _offsets(parts)
    return WrittenTimes(local=local, instant=instant)


def _local(parts: "TimeParts") -> Int64:
    """What is written, as if it were UTC (ns)."""
    clock = parts["hour"] * HOUR + parts["minute"] * MINUTE + parts["second"] * SECOND + parts["fraction"]
    local: Int64 = _days(parts) * DAY + clock
    return local


def _offsets(parts: "TimeParts") -> Int64:
    """How far what is written is from UTC (ns), where it has an offset."""
    return parts["zone_hour"] * HOUR + parts["zone_minute"] * MINUTE


TimeParts = dict[str, Int64]


def _parse_matrix(texts: TextColumn, match: re.Match[str]) -> TimeParts | None:
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
    if match["half"]:
        position = match.start("half")
        fixed[position] = False
        if not np.isin(matrix[:, position] | 32, (ord("a"), ord("p"))).all():
            return None
        _halve(parts, matrix[:, position] | 32 == ord("p"))
    if len(match["year"]) == 2:
        _complete(parts)
    if (matrix[:, fixed] != written[fixed]).any():
        return None
    return parts


def _written(digits: NDArray[np.uint8]) -> Int64:
    """The number that each row's digits write; 0 where there are none."""
    value = np.zeros(len(digits), dtype=np.int64)
    for position in range(digits.shape[1]):
        value = value * 10 + digits[:, position]
    return value


def _parse_rows(texts: TextColumn, layout: Layout, origin: Origin) -> WrittenTimes:
    """Row by row: slower, for columns of mixed lengths, names of months, and to find the row that is wrong."""
    values = np.zeros((len(texts), len(_PARTS)), dtype=np.int64)
    negative, late, is_half, is_short = (np.zeros(len(texts), dtype=np.bool_) for _ in range(4))
    zones: list[str | None] = []
    for row in range(len(texts)):
        match = layout.match(texts[row])
        if match is None:
            raise origin.error(row, f"time {texts[row]!r} cannot be read, where others can: {HOW_TO}")
        groups = match.groupdict()
        values[row] = [_part(name, groups[name]) for name in _PARTS]
        negative[row] = groups["sign"] == "-"
        is_half[row] = groups["half"] is not None
        late[row] = is_half[row] and groups["half"][0] in "pP"
        is_short[row] = len(groups["year"]) == 2
        zones.append(None if groups["zone"] is None else groups["zone_name"] or "")
    parts = {name: values[:, column] for column, name in enumerate(_PARTS)}
    _halve(parts, late, is_half)
    _complete(parts, is_short)
    origin.check(_invalid(parts), lambda row: _no_such_time(texts[row]))
    zoned = np.array([zone is not None for zone in zones])
    origin.check(zoned != zoned[0], lambda row: f"time {texts[row]!r} differs from the first in having a zone or not")
    _turn(parts, negative)
    return _placed(_local(parts), parts, zones, origin)


def _no_such_time(text: str) -> str:
    if "24:00" in text:
        return f"time {text!r} does not exist: the end of a day is 00:00 of the next one, write it so"
    return f"time {text!r} does not exist between 1900 and 2099: {HOW_TO}"


def _placed(local: Int64, parts: TimeParts, zones: Sequence[str | None], origin: Origin) -> WrittenTimes:
    """The times in UTC where each has a zone behind it: an offset (its name is empty) or a name."""
    names = {zone for zone in zones if zone}
    if zones[0] is None:
        return WrittenTimes(local=local, instant=None)
    instant = local - _offsets(parts)
    if not names:
        return WrittenTimes(local=local, instant=instant)
    column = np.array(zones, dtype=object)
    named = instants_in(local, names, {name: column == name for name in names}, origin=origin)
    if named is None:
        return WrittenTimes(local=local, instant=None, unclear_zone="/".join(sorted(names)))
    return WrittenTimes(local=local, instant=np.where(column == "", instant, named))


def _part(name: str, text: str | None) -> int:
    if not text:
        return 0
    if name == "month" and not text.isdigit():
        return 1 + MONTHS.index(text[:3].lower())
    return int(text.ljust(9, "0")) if name == "fraction" else int(text)


def _halve(parts: TimeParts, late: Bool, is_half: Bool | None = None) -> None:
    """Hours of the half of a day (12 AM is midnight, 12 PM noon) as those of a day; an impossible one stays so."""
    hour = parts["hour"]
    possible = (hour >= 1) & (hour <= 12)
    whole = np.where(possible, hour % 12 + np.where(late, 12, 0), 99)
    parts["hour"] = whole if is_half is None else np.where(is_half, whole, hour)


def _complete(parts: TimeParts, is_short: Bool | None = None) -> None:
    """Years of two digits."""
    year = parts["year"]
    whole = year + np.where(year >= _CENTURY, 1900, 2000)
    parts["year"] = whole if is_short is None else np.where(is_short, whole, year)


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
