"""What requests say, read once: bodies, queries, numbers, instants. Whatever cannot be read is refused."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import orjson

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.venue.checks.rules import BAD_INPUT, UNPROCESSABLE, bad_input

Choice = TypeVar("Choice", bound=StrEnum)
BAD_BODY = 40010000
_FRACTION = re.compile(r"(?<=:\d\d)\.(\d{1,9})\d*")
_DIGITS_MAX = 40
NUMBER_MAX = Decimal(10**15)
"""All numbers are below it: nobody has as much, and with nine decimals they are still exact."""


def read_body(raw: bytes) -> Mapping[str, object]:
    """A JSON object; nothing is an empty one."""
    try:
        body = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        raise Refused(400, BAD_BODY, "request body format is invalid") from None
    if not isinstance(body, Mapping):
        raise Refused(400, BAD_BODY, "request body format is invalid")
    return body


def number(body: Mapping[str, object], name: str, *, label: str | None = None) -> Decimal | None:
    """A number above 0, given as a number or as its text."""
    value, label = body.get(name), label or name
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > _DIGITS_MAX:
            raise InvalidOperation
        found = Decimal(str(value))
        if not found.is_finite() or abs(found.adjusted()) > _DIGITS_MAX:
            raise InvalidOperation
    except InvalidOperation:
        raise bad_input(f"{label} must be a number") from None
    if found <= 0:
        raise bad_input(f"{label} must be > 0")
    if found >= NUMBER_MAX:
        raise bad_input(f"{label} must be < {NUMBER_MAX}")
    return found


def text(body: Mapping[str, object], name: str) -> str | None:
    """A text, if there is one."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise bad_input(f"{name} must be a string")
    return value


def required(body: Mapping[str, object], name: str) -> str:
    """A text that must be there."""
    value = text(body, name)
    if value is None:
        raise bad_input(f"{name} is required")
    return value


def choice(kind: type[Choice], value: str, name: str) -> Choice:
    """One of a closed set."""
    try:
        return kind(value.lower())
    except ValueError:
        raise bad_input(f"invalid {name}") from None


def flag(value: object, name: str) -> bool:
    """True or false, as JSON, or as a query writes it: `true`, `True`, `1`."""
    match value:
        case bool():
            return value
        case None | "":
            return False
        case str() if value.lower() in ("true", "1", "t"):
            return True
        case str() if value.lower() in ("false", "0", "f"):
            return False
        case _:
            raise bad_input(f"{name} must be true or false")


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1 on; more than `most` is `most`."""
    value = query.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS_MAX or int(value) < 1:
        raise bad_input(f"invalid {name}")
    return min(int(value), most)


def instant(query: Mapping[str, str], name: str) -> int | None:
    """An RFC 3339 time (ns, all its nine decimals counted) or a date; without an offset it is UTC."""
    value = query.get(name)
    if not value:
        return None
    value = value.replace(" ", "+") if "T" in value else value  # an offset's plus that was not encoded
    fraction = _FRACTION.search(value)
    try:
        time = datetime.fromisoformat(_FRACTION.sub("", value))
    except ValueError:
        raise Refused(UNPROCESSABLE, BAD_INPUT, f"invalid {name}: it must be an RFC 3339 time") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return instant_of(time) + (int(fraction[1].ljust(9, "0")) if fraction else 0)


def day(query: Mapping[str, str], name: str) -> date | None:
    """A date; of a time its date."""
    value = query.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except (ValueError, InputError):
        raise bad_input(f"invalid {name}: it must be a date, YYYY-MM-DD") from None
