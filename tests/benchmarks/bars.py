"""The synthetic bars that every contestant runs on."""

import numpy as np
import numpy.typing as npt

Columns = dict[str, npt.NDArray[np.float64]]

SYMBOL = "SYN/USD"
START_NS = 1_577_836_800_000_000_000  # 2020-01-01T00:00Z
MINUTE_NS = 60_000_000_000
SIGMA = 0.0005


def synthetic_columns(count: int = 500_000, seed: int = 42) -> Columns:
    """One-minute bars of a geometric random walk: float64[count] columns, prices rounded to four decimals."""
    chance = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(chance.normal(0, SIGMA, count)))
    opened = np.empty(count)
    opened[0] = 100.0
    opened[1:] = close[:-1] * np.exp(chance.normal(0, SIGMA * 0.05, count - 1))
    high = np.maximum(opened, close) * np.exp(np.abs(chance.normal(0, SIGMA * 0.4, count)))
    low = np.minimum(opened, close) * np.exp(-np.abs(chance.normal(0, SIGMA * 0.4, count)))
    volume = np.round(chance.lognormal(5, 1, count), 2) + 1
    opened, high, low, close = (np.round(column, 4) for column in (opened, high, low, close))
    high = np.maximum.reduce([high, opened, close])
    low = np.minimum.reduce([low, opened, close])
    return {"open": opened, "high": high, "low": low, "close": close, "volume": volume}


def minute_stamps(count: int) -> npt.NDArray[np.int64]:
    """Start stamps of `count` consecutive minutes, nanoseconds UTC."""
    return START_NS + MINUTE_NS * np.arange(count, dtype=np.int64)
