"""Columns as short JSON."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST = 300
"""Decimals that a float can be rounded to."""
Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]


def differences(seconds: NDArray[np.int64]) -> list[Json]:
    """The first instant, then the steps."""
    return [int(step) for step in np.diff(seconds, prepend=0)]


def rounded(values: NDArray[np.float64], digits: int) -> list[Json]:
    """To so many digits that count in the largest of them; null for what is not finite. Whole numbers have no point."""
    finite = np.isfinite(values)
    largest = float(np.abs(values[finite]).max(initial=0.0))
    decimals = digits - 1 - (int(np.floor(np.log10(largest))) if largest > 0 else 0)
    short = np.round(values, min(decimals, MOST))
    if decimals <= 0 or not (short[finite] % 1).any():
        short = np.where(finite, short, 0.0)
        return [int(value) if known else None for value, known in zip(short.tolist(), finite.tolist(), strict=True)]
    return [value if known else None for value, known in zip(short.tolist(), finite.tolist(), strict=True)]
