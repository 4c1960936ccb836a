"""The ways in which people and vendors write a time, and which of them a column has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.spelling import DateOrder

HOW_TO = "write 2017-01-03, 2017-01-03T14:30:00Z, or seconds since 1970"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How their English names begin."""
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_CLOCK = r"""(?:(?:T|,?\s+|-(?=\d{1,2}-[ap]m))\s*(?P<hour>\d{2}|\d(?=:|[\s-]*[ap]\.?m))
(?:(?=[\s-]*[ap]\.?m)|:?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)
(?:[\s-]*(?P<half>[ap]\.?m)\.?)?
\s*(?P<zone>Z|(?:GMT|UTC)?(?P<sign>[+-])(?P<zone_hour>\d{2}):?(?P<zone_minute>\d{2})?|
(?P<zone_name>[a-z]{2,}(?:/[a-z0-9_+-]+)*))?)?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to write a date, with or without a time of day behind it."""

    pattern: re.Pattern[str]
    order: DateOrder | None = None
    """In which order its numbers stand, where those of another could be written in the same way."""
    is_told: bool = False
    """It is used only where somebody says so."""

    def match(self, text: str) -> re.Match[str] | None:
        """The parts of a text that is written so."""
        return self.pattern.fullmatch(spaced(text))


class Texts(Protocol):
    """A column of texts."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int) -> str: ...


def _layout(date: str, order: DateOrder | None = None, *, is_told: bool = False) -> Layout:
    pattern = re.compile(_WEEKDAY + date + _CLOCK, re.VERBOSE | re.ASCII | re.IGNORECASE)
    return Layout(pattern=pattern, order=order, is_told=is_told)


_YEAR = r"(?P<year>\d{4}|\d{2})"
_LAYOUTS = (
    _layout(r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})"),
    _layout(r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"),
    _layout(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}", DateOrder.DMY),
    _layout(rf"(?P<month>\d{{1,2}})\.(?P<day>\d{{1,2}})\.{_YEAR}", DateOrder.MDY, is_told=True),
    _layout(rf"(?P<month>\d{{1,2}})(?P<sep>[-/])(?P<day>\d{{1,2}})(?P=sep){_YEAR}", DateOrder.MDY),
    _layout(rf"(?P<day>\d{{1,2}})(?P<sep>[-/])(?P<month>\d{{1,2}})(?P=sep){_YEAR}", DateOrder.DMY),
    _layout(r"(?P<year>\d{2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})", DateOrder.YMD, is_told=True),
    _layout(rf"(?P<day>\d{{1,2}})[-/.\s]\s*{_MONTH},?[-/.\s]\s*{_YEAR}"),
    _layout(rf"{_MONTH}[-/\s]\s*(?P<day>\d{{1,2}})(?:,\s*|[-/\s]\s*)(?P<year>\d{{4}})"),
    _layout(rf"(?P<year>\d{{4}})[-/\s]{_MONTH}[-/\s](?P<day>\d{{1,2}})"),
)  # fmt: skip
"""The commonest first. Numbers with points between them begin with the day, unless somebody says otherwise."""


def spaced(text: str) -> str:
    """20170103 1430 for 201701031430, so that one layout reads both."""
    return f"{text[:8]} {text[8:]}" if text.isdigit() and len(text) > 8 else text


def layout_of(texts: Texts, order: DateOrder | None, *, origin: Origin) -> Layout:
    """How a column is written: its first value tells, and for 01/02/2017 the others or `order`.

    Raises DataError where it is written in no known way, or in two.
    """
    first = texts[0]
    known = [layout for layout in _LAYOUTS if layout.match(first) is not None]
    fitting = [layout for layout in known if _is_meant(layout, order)]
    if not fitting:
        told = f" ({order}, as --date-order says, is not how it is written)" if known else ""
        raise origin.error(0, f"time {first!r} cannot be read{told}: {HOW_TO}")
    orders = {layout.order for layout in fitting}
    if not orders >= {DateOrder.MDY, DateOrder.DMY}:
        return fitting[0]
    decided = date_order_of(texts)
    if decided is None:
        raise origin.error(0, _two_readings(first, fitting))
    return next(layout for layout in fitting if layout.order is decided)


def _is_meant(layout: Layout, order: DateOrder | None) -> bool:
    return not layout.is_told if order is None else layout.order in (None, order)


def date_order_of(texts: Texts) -> DateOrder | None:
    """Whether days or months come first, by the first number over 12; None: no row tells."""
    for first, second in _first_numbers(texts):
        if first > 12:
            return DateOrder.DMY
        if second > 12:
            return DateOrder.MDY
    return None


def _first_numbers(texts: Texts) -> Iterable[tuple[int, int]]:
    start = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]", re.ASCII)
    for row in range(len(texts)):
        found = start.search(texts[row])
        if found is not None:
            yield int(found[1]), int(found[2])


def _two_readings(text: str, layouts: Iterable[Layout]) -> str:
    """What is asked where day and month cannot be told apart."""
    said = []
    for layout in layouts:
        match = layout.match(text)
        if match is not None and layout.order is not None:
            month = MONTHS[int(match["month"]) - 1].capitalize()
            said.append(f"{int(match['day'])} {month} (--date-order {layout.order})")
    return f"time {text!r} could be {' or '.join(said)}, and no row tells"
