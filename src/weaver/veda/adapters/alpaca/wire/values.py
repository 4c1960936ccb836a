"""Single values of Alpaca's JSON, read tolerantly: what is missing or makes no sense is None."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from weaver.model.numbers.money import PRICE_LIMIT, kept

Json = Mapping[str, object]
Word = TypeVar("Word", bound=StrEnum)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def text(record: Json, name: str) -> str:
    """A text, or an empty one."""
    value = record.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def number(record: Json, name: str) -> Decimal | None:
    """A finite number that can be kept, to 18 decimals, given as a number or as a text; a float is read by its
    `repr`."""
    value = record.get(name)
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        found = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        return None
    return kept(found) if found.is_finite() and abs(found) < PRICE_LIMIT else None


def amount(record: Json, name: str) -> Decimal:
    """The same, 0 where there is none."""
    return number(record, name) or Decimal(0)


def flag(record: Json, name: str, *, otherwise: bool = False) -> bool:
    """A truth value, also where it is written as a text."""
    value = record.get(name)
    if isinstance(value, bool):
        return value
    return value.lower() == "true" if isinstance(value, str) and value else otherwise


def moment(record: Json, name: str) -> datetime | None:
    """An aware time, UTC; nanoseconds are cut to microseconds."""
    value = record.get(name)
    return time_of_text(value) if isinstance(value, str) else None


def time_of_text(written: str) -> datetime | None:
    """The time that an ISO text with an offset says; None for any other."""
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", written))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def word(kind: type[Word], record: Json, name: str) -> Word | None:
    """A word of ours that is spelt the same, or None."""
    try:
        return kind(text(record, name).lower())
    except ValueError:
        return None


def records(value: object) -> list[Json]:
    """The objects in a list; an empty list for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
