"""Whether a second run gave what is kept of a first one, value by value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from weaver.greta.record.text import kept_text

SECTIONS = {
    "run": "record", "stats": "statistics", "trades": "trades", "fills": "fills", "equity": "equity",
    "cash_flows": "cash flows", "positions": "positions", "warnings": "warnings",
}  # fmt: skip
"""What a result has, in the words that tell of it."""
QUOTED = 120
"""Characters of a value that differs, as it is told."""
OF_THE_MACHINE = ("lookahead_sampled",)
"""Warnings that tell of how fast a machine is, not of the run."""
_GROWING = ("run", "stats")
"""A later version may have more of them to tell."""
_PLACE = re.compile(r"\S+\.py line ")
"""A strategy's file, which a second run of its text does not have."""


def first_difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> str | None:
    """The first value of `first` that `second` has otherwise, as `stats.sharpe was 1.5 and is 1.4`; None: all is there.

    Both are of JSON: amounts are compared as numbers, to the digits that a database keeps, times as instants.
    """
    for name in SECTIONS:
        if name in first:
            found = _difference(name, _of_the_run(name, first[name]), _of_the_run(name, second.get(name)))
            if found is not None:
                return found
    return None


def _of_the_run(name: str, section: Any) -> Any:
    if name != "warnings" or not isinstance(section, Sequence) or isinstance(section, str):
        return section
    return [one for one in section if not (isinstance(one, Mapping) and one.get("code") in OF_THE_MACHINE)]


def _difference(place: str, first: Any, second: Any) -> str | None:
    if first == second:
        return None
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        names = first if place.startswith(_GROWING) else {**first, **second}
        return _first_of((f"{place}.{name}", first.get(name), second.get(name)) for name in names)
    if isinstance(first, Sequence) and isinstance(second, Sequence) and not isinstance(first, str):
        if len(first) != len(second):
            return f"{place} were {len(first)} and are {len(second)}"
        pairs = enumerate(zip(first, second, strict=True))
        return _first_of((f"{place}[{index}]", a, b) for index, (a, b) in pairs)
    if isinstance(first, str) and isinstance(second, str) and _meant(first) == _meant(second):
        return None
    return f"{place} was {repr(first)[:QUOTED]} and is {repr(second)[:QUOTED]}"


def _first_of(several: Iterable[tuple[str, Any, Any]]) -> str | None:
    return next((found for place, a, b in several if (found := _difference(place, a, b)) is not None), None)


def _meant(text: str) -> object:
    """What a text says: an amount, an instant, or itself."""
    amount = _amount(text)
    if amount is not None:
        return amount
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _PLACE.sub("… line ", text)


def _amount(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
        return Decimal(kept_text(number)) if number.is_finite() else None
    except InvalidOperation:
        return None
