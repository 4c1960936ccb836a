"""Column types that hold the same values on SQLite and on PostgreSQL."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import NUMERIC, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from weaver.model.errors import InputError
from weaver.model.numbers.money import KEPT_DECIMALS, plain

INTEGER_DIGITS, DECIMALS = 20, KEPT_DECIMALS
"""What NUMERIC(38,18) holds; more is refused on both databases rather than rounded on one."""
_LIMIT = Decimal(10) ** INTEGER_DIGITS
_CANONICAL = re.compile(r"-?[1-9][0-9]{0,19}(\.[0-9]{0,17}[1-9])?|0|-?0\.[0-9]{0,17}[1-9]").fullmatch
"""Almost all there are: nothing to parse."""


def text_type() -> TypeEngine[str]:
    """Text that sorts by code point on both databases."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def amount_text(value: Decimal | str) -> str:
    """An amount as canonical decimal text. Raises InputError for what is no finite number or does not fit exactly."""
    if isinstance(value, str) and _CANONICAL(value):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise InputError(f"{value!r} is not a decimal number") from error
    if not number.is_finite() or number.copy_abs() >= _LIMIT:
        raise InputError(
            f"{value} cannot be kept: an amount is finite and has at most {INTEGER_DIGITS} digits before its point"
        )
    text = plain(number)
    if len(text) - 1 - text.find(".") > DECIMALS and "." in text:
        raise InputError(f"{value} cannot be kept: an amount has at most {DECIMALS} decimals")
    return text


def moment(value: datetime | str) -> datetime:
    """An aware time in UTC. Raises InputError for a naive one, and for text that is no ISO 8601 time."""
    if isinstance(value, str):
        return _read_moment(value)
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise InputError(f"the time {value} has no zone; times are kept in UTC")
    return value.astimezone(UTC)


def _read_moment(value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{value!r} is not an ISO 8601 time") from error
    if time.tzinfo is None:
        raise InputError(f"the time {value} has no zone; times are kept in UTC")
    return time.astimezone(UTC)


def moment_text(value: datetime) -> str:
    """A time as JSON has it: `2004-11-29T00:00:00Z`, with microseconds where there are any."""
    return f"{value.astimezone(UTC).isoformat().removesuffix('+00:00')}Z"


def stored_moment(value: datetime | str) -> str:
    """A time as SQLite keeps it: of one length, so that it sorts as text."""
    if isinstance(value, str):
        return _stored_text(value)
    return f"{moment(value).isoformat(timespec='microseconds')[:-6]}Z"


@lru_cache(maxsize=50_000)  # a few megabytes
def _stored_text(value: str) -> str:
    return f"{_read_moment(value).isoformat(timespec='microseconds')[:-6]}Z"


def json_column(value: Any) -> str:
    """JSON values as text. Raises InputError for what JSON has no word for."""
    try:
        return orjson.dumps(value, default=_as_json).decode()
    except TypeError as error:
        raise InputError(f"{value!r:.80} cannot be kept as JSON: {error}") from error


class AmountType(TypeDecorator[Decimal]):
    """Money and quantities: NUMERIC(38,18) on PostgreSQL, canonical decimal text on SQLite, never a float.

    Takes decimals and their text; gives decimals.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type on a database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(NUMERIC(INTEGER_DIGITS + DECIMALS, DECIMALS))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Decimal | str | None, dialect: Dialect) -> Any:
        """On the way in."""
        if value is None:
            return None
        text = amount_text(value)
        return Decimal(text) if dialect.name == "postgresql" else text

    def process_result_value(self, value: Decimal | str | None, _dialect: Dialect) -> Decimal | None:
        """On the way out."""
        return None if value is None else Decimal(value)


class MomentType(TypeDecorator[datetime]):
    """A time: TIMESTAMP WITH TIME ZONE on PostgreSQL, ISO text of one length on SQLite; aware and UTC in and out."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type on a database."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | str | None, dialect: Dialect) -> Any:
        """On the way in."""
        if value is None:
            return None
        return moment(value) if dialect.name == "postgresql" else stored_moment(value)

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        """On the way out."""
        return None if value is None else moment(value)


class JsonType(TypeDecorator[Any]):
    """JSON values as text, byte for byte what was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """On the way in."""
        return None if value is None else json_column(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """On the way out."""
        return None if value is None else orjson.loads(value)


Encoder = Callable[[Any], Any]


def sqlite_encoder(column_type: TypeEngine[Any]) -> Encoder | None:
    """How a value becomes what SQLite's driver takes, for rows that go past SQLAlchemy; None: as it is."""
    match column_type:
        case AmountType():
            return amount_text
        case MomentType():
            return stored_moment
        case JsonType():
            return json_column
        case _:
            return None


def postgresql_encoder(column_type: TypeEngine[Any]) -> Encoder | None:
    """How a value becomes what asyncpg's COPY takes."""
    match column_type:
        case AmountType():
            return lambda value: Decimal(amount_text(value))
        case MomentType():
            return moment
        case JsonType():
            return json_column
        case _:
            return None


def _as_json(value: object) -> object:
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if hasattr(value, "keys"):
        return dict(value)  # type: ignore[call-overload]
    raise TypeError(f"{type(value).__name__}")
