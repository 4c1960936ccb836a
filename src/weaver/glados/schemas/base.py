"""Base classes and field types of everything on the wire."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from weaver.model.numbers.money import plain

_INTEGER_MAX = 2**63 - 1
_DEPTH_MAX = 50
_FIELDS_MAX = 200
"""More than any body has; past it each unknown one is not told of singly, which takes long for a hundred thousand."""
_DIGITS_MAX = 40
_WRITTEN_MAX = 200
"""Letters of a number, with whatever stands around its digits."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""As people and JSON write numbers; `Decimal` reads more: 1_000, and the digits of all scripts."""
_WRITE_IT = "write it in ISO 8601, as 2005-01-31 or 2005-01-31T14:30:00Z"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_TIME = re.compile(r"(?:\d{4}-\d{2}-\d{2}|\d{8})([T ].+)?", re.ASCII | re.IGNORECASE)

T = TypeVar("T")


class ResponseBody(BaseModel):
    """A body that the server sends."""

    model_config = ConfigDict(frozen=True)


class RequestBody(BaseModel):
    """A body that a client sends: unknown fields, and values that no database or JSON text could hold, are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and len(value) > _FIELDS_MAX:
            raise ValueError(f"{len(value):,} fields, where {len(cls.model_fields)} are known")
        check_json(value)
        return value


class PageOf(ResponseBody, Generic[T]):
    """Some of a list's items."""

    items: list[T] = Field(description="The items of this page.")
    total: int = Field(description="How many items the filters leave, on all pages.", ge=0)
    page: int = Field(description="This page's number, from 1.", ge=1)
    page_size: int = Field(description="How many items a page holds at most.", ge=1)


def finite(value: float | None) -> float | None:
    """A statistic as it is sent: what is no number is null."""
    return value if value is not None and math.isfinite(value) else None


def check_json(value: Any, depth: int = 0) -> None:
    """Raises ValueError for what cannot be stored: NUL and half a surrogate pair in a text, NaN, infinity, integers
    past 64 bits, and nesting past 50 levels."""
    if depth > _DEPTH_MAX:
        raise ValueError(f"nested more than {_DEPTH_MAX} levels deep")
    match value:
        case str():
            check_text(value)
        case bool():
            pass
        case int() if not -_INTEGER_MAX <= value <= _INTEGER_MAX:
            raise ValueError("an integer of more than 64 bits")
        case float() if not math.isfinite(value):
            raise ValueError("NaN and infinity are no numbers here: leave the field out, or send null")
        case Mapping():
            for key, item in value.items():
                check_text(str(key))
                check_json(item, depth + 1)
        case list() | tuple():
            for item in value:
                check_json(item, depth + 1)


def check_text(text: str) -> str:
    """The text. Raises ValueError for NUL and for half a surrogate pair, which no database keeps."""
    if "\x00" in text:
        raise ValueError("a text with a NUL character in it")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text with half a surrogate pair in it")
    return text


def _first_moment(value: Any) -> datetime:
    """Of a bare date, its begin."""
    return _moment(value)[0]


def _last_moment(value: Any) -> datetime:
    """Of a bare date, its end."""
    moment, is_date = _moment(value)
    return datetime.combine(moment, time.max, tzinfo=UTC) if is_date else moment


def _moment(value: Any) -> tuple[datetime, bool]:
    """The time that ISO 8601 text says, in UTC, and whether it is a bare date. A number is none: nobody could say
    whether it counts seconds, or is a date without its hyphens."""
    if not isinstance(value, str):
        raise ValueError(f"a date or a time is a text: {_WRITE_IT}")  # noqa: TRY004 - pydantic wants it so
    written = _ISO_TIME.fullmatch(value)
    if written is None:
        raise ValueError(f"{value!r} is no date or time: {_WRITE_IT}")
    try:
        found = datetime.fromisoformat(value.upper())
        return (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)), written[1] is None
    except ValueError:
        raise ValueError(f"{value!r} is no date or time: {_WRITE_IT}") from None
    except OverflowError:
        raise ValueError(f"{value!r} lies outside the years 1 to 9999") from None


def _day(value: Any) -> date:
    """The date that ISO 8601 text says. A number is none: nobody could say what it counts."""
    if not isinstance(value, str) or _ISO_DAY.fullmatch(value) is None:
        raise ValueError("a date is a text: write it as 2005-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no date of the calendar") from None


def _amount(value: Any) -> Any:
    """A decimal string of a number, exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("an amount is a decimal string or a number")  # noqa: TRY004 - pydantic wants it so
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > _WRITTEN_MAX:
        raise ValueError(f"an amount is a finite number of at most {_DIGITS_MAX} digits")
    if _NUMBER.fullmatch(text.strip()) is None:
        raise ValueError("an amount is a decimal number, as 12.5")
    try:
        number = Decimal(text.strip())
    except InvalidOperation:  # an exponent past all bounds
        number = Decimal("NaN")
    if not number.is_finite() or len(number.as_tuple().digits) > _DIGITS_MAX or abs(number.adjusted()) > _DIGITS_MAX:
        raise ValueError(f"an amount is a finite number of at most {_DIGITS_MAX} digits")
    return plain(number)


Text = Annotated[str, AfterValidator(check_text)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
"""An id in a path or a query: any text that a database can be asked for."""
MaybeEmpty = Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")]
"""The same where an empty value is as good as none."""
Amount = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["100.25"])]
"""An exact amount in a response: a decimal string."""
AmountInput = Annotated[
    str,
    BeforeValidator(_amount, json_schema_input_type=str | int | float),
    Field(examples=["100.25"]),
]
"""An exact amount in a request: a decimal string, or a number that is read as it is written."""
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A day in ISO 8601."""
_MOMENT_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string", "format": form} for form in ("date-time", "date")]})
Moment = Annotated[datetime, BeforeValidator(_first_moment), _MOMENT_SCHEMA]
"""An instant in ISO 8601; without a zone it is UTC, a bare date is its begin."""
LastMoment = Annotated[datetime, BeforeValidator(_last_moment), _MOMENT_SCHEMA]
"""The same as the end of a stretch of time: a bare date is its end, so that the whole day belongs to it."""
