"""Funding rates of a perpetual contract: what its longs pay its shorts, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.numbers.money import exact, plain

_EXAMPLE = "2021-11-01T08:00:00Z"
SECOND = 10**9
EIGHT_HOURS = 8 * 3600 * SECOND
_LATE = 1.5
"""From so many times the usual distance on a rate is missing between two."""


@dataclass(frozen=True, slots=True)
class FundingRates:
    """Instants (ns) in rising order, and at each the share of a position's value that longs pay and shorts get."""

    times: tuple[int, ...]
    rates: tuple[Decimal, ...]

    @classmethod
    def parse(cls, given: "FundingRates | str | Mapping[Any, Any] | Iterable[Any]") -> "FundingRates":
        """Pairs of a time (text with a zone, aware datetime) and a rate, a mapping of them, or what `text` gave.

        They may stand in any order. Raises InputError.
        """
        if isinstance(given, FundingRates):
            return given
        pairs: Iterable[Any] = given.items() if isinstance(given, Mapping) else given
        if isinstance(given, str):
            pairs = [part.split("=") for part in given.split()]
        try:
            rows = [(_instant(time), rate_of(rate)) for time, rate in pairs]
        except (TypeError, ValueError) as error:
            raise InputError(f"costs: funding is pairs of a time and a rate: {error}") from error
        return cls.of_rows(rows)

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[int, Decimal]]) -> "FundingRates":
        """From instants and rates in any order. What is less than a second is cut off: exchanges write down when they
        got to it. Raises InputError for none, or two at one instant."""
        found = sorted((time // SECOND * SECOND, rate) for time, rate in rows)
        if not found:
            raise InputError("costs: funding has no rates: leave it out, or give some")
        for (before, _), (after, _) in pairwise(found):
            if before == after:
                raise InputError(f"costs: funding has two rates at {_text(after)}: keep one")
        times, rates = zip(*found, strict=True)
        return cls(times, rates)

    def text(self) -> str:
        """All of it in one line, as a record keeps it: `2021-11-01T08:00:00Z=0.0001 …`."""
        return " ".join(f"{_text(time)}={plain(rate)}" for time, rate in zip(self.times, self.rates, strict=True))

    def lacking(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of [start, end] (ns) in which a rate would have been due by their usual distance, and none
        is. Fewer than three rates tell no distance: it is taken to be eight hours, as most exchanges have it."""
        usual = _LATE * (float(np.median(np.diff(self.times))) if len(self.times) > 2 else EIGHT_HOURS)
        known = [start, *(time for time in self.times if start < time < end), end]
        return [(one, other) for one, other in pairwise(known) if other - one > usual]


def rate_of(value: Any) -> Decimal:
    """A share of a position's value, either way. Raises InputError."""
    try:
        rate = exact(value, name="costs: a funding rate")
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    if abs(rate) >= 1:
        raise InputError(f"costs: a funding rate is a share of the position's value, 0.0001 for 0.01 %, not {rate}")
    return rate


def _instant(value: Any) -> int:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise InputError(f"costs: funding: {value!r:.40} is no time: write {_EXAMPLE}") from None
    if not isinstance(value, datetime) or value != value:  # pandas' NaT is a datetime, and not itself
        raise InputError(f"costs: funding: {value!r:.40} is no time: write {_EXAMPLE}")
    if value.tzinfo is None:
        raise InputError(f"costs: funding: {value.isoformat()} has no zone: write {_EXAMPLE}")
    return instant_of(value)


def _text(instant: int) -> str:
    return datetime.fromtimestamp(instant // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
