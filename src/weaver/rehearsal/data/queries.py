"""What a request for market data asks for, read from its query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.data.pages import Bookmark
from weaver.rehearsal.market.bars.columns import midnight

Query = Mapping[str, str]
Choice = TypeVar("Choice", bound=str)
LIMIT_USUAL, LIMIT_MAX = 1_000, 10_000
_SYMBOLS_MAX = 2_000
_STOCK = re.compile(r"[A-Z0-9^][A-Z0-9._=-]*")
"""Wider than Alpaca's, as files of bars are called many things."""
_PAIR = re.compile(r"[A-Z0-9]+/[A-Z0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def bad(message: str) -> Refused:
    """The refusal of a request that cannot be understood."""
    return Refused(400, 40010001, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Of which symbols what is wanted from when to when (ns, both included; None where the request does not say), and
    how much of it at once."""

    symbols: tuple[str, ...]
    start: int | None
    end: int | None
    limit: int
    is_newest_first: bool
    place: Bookmark | None

    @classmethod
    def of(cls, query: Query, symbols: tuple[str, ...], *, is_stock: bool) -> "Range":
        """Raises Refused for what makes no sense."""
        start, end = (_instant(query, name, is_stock=is_stock) for name in ("start", "end"))
        if start is not None and end is not None and end < start:
            raise bad("end should not be before start")
        place = Bookmark.parse(query["page_token"]) if query.get("page_token") else None
        if place is not None and place.symbol not in symbols:
            raise bad("invalid page_token")
        return cls(
            symbols=symbols,
            start=start,
            end=end,
            limit=whole_number(query, "limit", usual=LIMIT_USUAL, most=LIMIT_MAX),
            is_newest_first=one_of(query, "sort", ("asc", "desc")) == "desc",
            place=place,
        )


def symbols_of(query: Query, *, is_stock: bool) -> tuple[str, ...]:
    """The symbols of a request, each once, in the order in which pages have them."""
    text = query.get("symbols", "")
    symbols = tuple(sorted({symbol.strip() for symbol in text.split(",") if symbol.strip()}))
    if not symbols:
        raise bad("symbols is required")
    if len(symbols) > _SYMBOLS_MAX:
        raise bad(f"too many symbols: {len(symbols)}, {_SYMBOLS_MAX} at most")
    for symbol in symbols:
        check_symbol(symbol, is_stock=is_stock)
    return symbols


def check_symbol(symbol: str, *, is_stock: bool) -> None:
    """Raises Refused for what cannot be a stock's symbol, or a pair's."""
    if is_stock and not _STOCK.fullmatch(symbol):
        raise bad(f"invalid symbol: {symbol[:40]}")
    if not is_stock and not _PAIR.fullmatch(symbol):
        raise bad(f"invalid symbol: {symbol[:40]} does not match ^[A-Z]+/[A-Z]+$")


def whole_number(query: Query, name: str, *, usual: int, most: int) -> int:
    """A number from 1 to `most`."""
    text = query.get(name)
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise bad(f"invalid {name}: {text[:40]} is not a whole number from 1 to {most}")
    return int(text)


def one_of(query: Query, name: str, choices: "tuple[Choice, ...]") -> Choice:
    """One of some texts; the first where the request does not say."""
    text = query.get(name)
    if not text:
        return choices[0]
    for choice in choices:
        if choice == text:
            return choice
    raise bad(f"invalid {name}: {text[:40]}")


def day(query: Query, name: str) -> date | None:
    """A date, or None where the request does not say."""
    text = query.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise bad(f"invalid {name}: {text[:40]}: dates are written as 2024-03-13") from None


def _instant(query: Query, name: str, *, is_stock: bool) -> int | None:
    """A time, or a date, which begins in New York for stocks and in UTC for pairs."""
    text = query.get(name, "").replace(" ", "+")
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            days = np.datetime64(date.fromisoformat(text), "D").astype(np.int64)
            return int(midnight(np.array([days]))[0]) if is_stock else instant_of(datetime.fromisoformat(f"{text}T00Z"))
        time = datetime.fromisoformat(text)
        return instant_of(time if time.tzinfo is not None else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError, InputError):
        raise bad(f"invalid {name}: {text[:40]}: times are RFC 3339, or a date") from None
