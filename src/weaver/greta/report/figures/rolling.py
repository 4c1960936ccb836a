"""Sharpe and beta over a window of returns that moves along."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rolling:
    """Columns of one length: a value for each return from the `window`th on; NaN where undefined."""

    window: int
    sharpe: Floats
    """Mean ÷ standard deviation (ddof 1) × √(returns a year), risk-free rate 0."""
    beta: Floats | None
    """Covariance with the market's returns ÷ their variance (ddof 1)."""


def window_of(count: int, per_year: float) -> int | None:
    """Half a year of returns; of fewer than two years a quarter of all, if that is enough to say anything."""
    window = min(round(per_year / 2), count // 4)
    return window if window >= LEAST else None


def rolling(returns: Floats, market: Floats | None, *, window: int, per_year: float) -> Rolling:
    """Over each stretch of `window` returns, 2 at least, of as many as there are or more."""
    own = sliding_window_view(returns, window)
    with np.errstate(divide="ignore", invalid="ignore"):
        sharpe = own.mean(axis=1) / _spread(own) * np.sqrt(per_year)
        if market is None:
            return Rolling(window=window, sharpe=sharpe, beta=None)
        other = sliding_window_view(market, window)
        apart = other - other.mean(axis=1, keepdims=True)
        together = ((own - own.mean(axis=1, keepdims=True)) * apart).sum(axis=1) / (window - 1)
        return Rolling(window=window, sharpe=sharpe, beta=together / _spread(other) ** 2)


def _spread(windows: Floats) -> Floats:
    """The standard deviation of each window; NaN where it is nothing but rounding."""
    spread = windows.std(axis=1, ddof=1)
    largest = np.abs(windows).max(axis=1)
    return np.where(spread > 1e-12 * np.maximum(largest, 1e-300), spread, np.nan)
