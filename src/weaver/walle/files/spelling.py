"""What a file leaves open of how it writes its bars, and its user settles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from weaver.model.errors import InputError

FIELDS = ("timestamp", "clock", "symbol", "open", "high", "low", "close", "volume")
"""What a column can be named as."""
_ALSO = {"time": "timestamp", "date": "timestamp", "datetime": "timestamp"}
_SHOWN = 40
Kind = TypeVar("Kind", bound=StrEnum)


class DateOrder(StrEnum):
    """In which order 02/03/20 has day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class DecimalMark(StrEnum):
    """What stands before the decimals of 1,234: the other mark then separates thousands."""

    POINT = "."
    COMMA = ","


class EmptyRows(StrEnum):
    """What becomes of rows without any price."""

    DROP = "drop"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """None of it is needed where a file can be read in one way only; where it can in two, nothing is guessed."""

    date_order: DateOrder | None = None
    decimal: DecimalMark | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """What is taken for what: one of `FIELDS`, and the column's name or, where there is no header, its number from 1.
    The other columns are found by their names."""
    empty_rows: EmptyRows = EmptyRows.DROP
    price_scale: int | None = None
    """The prices are written so many times as high (LEAN's of shares: 10000)."""

    @classmethod
    def parse(
        cls,
        *,
        date_order: str | None = None,
        decimal: str | None = None,
        columns: Mapping[str, str] | Sequence[str] | str | None = None,
        empty_rows: str | None = None,
        price_scale: int | str | None = None,
    ) -> "Spelling":
        """From words: None or empty where nothing is said. columns: a mapping, or `close=Price,volume=Vol`, or several
        such. Raises InputError."""
        return cls(
            date_order=_one_of(DateOrder, date_order, "date_order"),
            decimal=_one_of(DecimalMark, decimal, "decimal"),
            columns=_columns(columns),
            empty_rows=_one_of(EmptyRows, empty_rows, "empty_rows") or EmptyRows.DROP,
            price_scale=_scale(price_scale),
        )

    def to_json(self) -> dict[str, Any]:
        """As it can be kept, and `parse` takes it: only what is said."""
        said: dict[str, Any] = {}
        if self.date_order is not None:
            said["date_order"] = str(self.date_order)
        if self.decimal is not None:
            said["decimal"] = str(self.decimal)
        if self.columns:
            said["columns"] = dict(self.columns)
        if self.empty_rows is not EmptyRows.DROP:
            said["empty_rows"] = str(self.empty_rows)
        if self.price_scale is not None:
            said["price_scale"] = self.price_scale
        return said


AS_WRITTEN = Spelling()
"""Nothing is left open."""


def _one_of(kind: type[Kind], text: str | None, option: str) -> Kind | None:
    if not text:
        return None
    try:
        return kind(text.lower())
    except (ValueError, AttributeError) as error:
        raise InputError(f"{option} {text!r} is unknown: {' or '.join(kind)}") from error


def _columns(given: Mapping[str, str] | Sequence[str] | str | None) -> Mapping[str, str]:
    if not given:
        return {}
    if isinstance(given, Mapping):
        pairs = [(str(name), str(column)) for name, column in given.items()]
    else:
        words = [given] if isinstance(given, str) else given
        pairs = [_pair(part) for word in words for part in word.split(",") if part.strip()]
    found: dict[str, str] = {}
    for name, column in pairs:
        wanted = _ALSO.get(name.strip().lower(), name.strip().lower())
        if wanted not in FIELDS:
            raise InputError(f"columns: no bar has {name[:_SHOWN]!r}, only {', '.join(FIELDS)}")
        if wanted in found:
            raise InputError(f"columns: {wanted} is named twice: {found[wanted][:_SHOWN]!r} and {column[:_SHOWN]!r}")
        if not column.strip():
            raise InputError(f"columns: {wanted}= names none: write {wanted}=NAME")
        found[wanted] = column.strip()
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals:
        raise InputError(f"columns: {text[:_SHOWN]!r} is no pair: write close=Price, volume=Vol")
    return name, column


def _scale(given: int | str | None) -> int | None:
    if given is None or given == "":
        return None
    try:
        scale = int(given)
    except (TypeError, ValueError) as error:
        raise InputError(f"price_scale {given!r} is no whole number") from error
    if not 0 < scale <= 10**9:
        raise InputError(f"price_scale {given} must be from 1 to 1,000,000,000")
    return scale
