"""Returns by calendar month and year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfReturns:
    """Fractions; None for a month without a row, or one that began with nothing."""

    year: int
    months: tuple[float | None, ...]
    """January to December."""
    total: float | None


def monthly_returns(
    timestamp: NDArray[np.int64], equity: NDArray[np.float64], initial_equity: float
) -> list[YearOfReturns]:
    """Equity at the end of each month (UTC, of the stamps) against the end of the month before, by year.

    The first month starts from the initial cash; shapes [n >= 1], stamps in nanoseconds, non-decreasing.
    """
    month = timestamp.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    last = np.append(np.flatnonzero(month[1:] != month[:-1]), len(month) - 1)
    ends = dict(zip(month[last].tolist(), equity[last].tolist(), strict=True))
    years: dict[int, list[float | None]] = {}
    year_end: dict[int, float] = {}
    before = initial_equity
    for number, value in ends.items():
        year, index = divmod(number, 12)
        years.setdefault(1970 + year, [None] * 12)[index] = _change(before, value)
        year_end[1970 + year] = before = value
    starts = [initial_equity, *year_end.values()]
    return [
        YearOfReturns(year=year, months=tuple(months), total=_change(start, year_end[year]))
        for (year, months), start in zip(years.items(), starts, strict=False)
    ]


def _change(before: float, after: float) -> float | None:
    return after / before - 1.0 if before > 0.0 else None
