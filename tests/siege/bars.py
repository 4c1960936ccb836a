"""Bars for attacks, by the million."""

import numpy as np

from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE, Timeframe


def minutes(count: int) -> Bars:
    """So many minutes of BTCUSD."""
    chance = np.random.default_rng(1)
    stamps = np.datetime64("2013-01-01", "ns").astype(np.int64) + np.arange(count) * MINUTE
    close = np.round(20_000 * np.exp(np.cumsum(chance.normal(0, 0.0005, count))), 2)
    opened = np.concatenate([close[:1], close[:-1]])
    return Bars(
        symbol="BTCUSD", timeframe=Timeframe.parse("1m"), timestamp=stamps, end=stamps + MINUTE, open=opened,
        high=np.maximum(opened, close), low=np.minimum(opened, close), close=close,
        volume=np.round(chance.gamma(2, 3, count), 3),
    )  # fmt: skip
