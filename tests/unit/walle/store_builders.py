"""Bars to put into a store."""

from pathlib import Path

import numpy as np

from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe

CRYPTO = calendar_for(AssetClass.CRYPTO)


def instrument(symbol: str = "BTCUSD", asset_class: AssetClass = AssetClass.CRYPTO) -> Instrument:
    return Instrument.default(symbol, asset_class)


def bars(
    start: str = "2021-12-31", count: int = 3000, *, symbol: str = "BTCUSD", timeframe: str = "1m", seed: int = 1
) -> Bars:
    """Bars without a gap, around the clock."""
    frame = Timeframe.parse(timeframe)
    first = int(np.datetime64(start, "ns").astype(np.int64))
    stamps = first + np.arange(count, dtype=np.int64) * frame.nanoseconds
    price = np.random.default_rng(seed).uniform(1.0, 2.0, (4, count))
    return Bars(
        symbol=symbol, timeframe=frame, timestamp=stamps, end=CRYPTO.bar_end(stamps, frame), open=price[0],
        high=price.max(axis=0), low=price.min(axis=0), close=price[1], volume=price[2],
    )  # fmt: skip


def assert_same(found: Bars, expected: Bars) -> None:
    """Equal, bit for bit."""
    assert (found.symbol, found.timeframe) == (expected.symbol, expected.timeframe)
    for name in COLUMNS:
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes(), name


def files_below(root: Path) -> dict[str, bytes]:
    """Every file with its content, but for the lock."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
