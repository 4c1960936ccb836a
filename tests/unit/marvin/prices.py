"""Columns of real prices, and series on them, for tests of indicators."""

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.shared_data import sample_files, shared_file
from weaver.marvin.series.feed import BarSeries, WholeFeed
from weaver.marvin.series.timeline import Clock
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe

COLUMNS = ("open", "high", "low", "close", "volume")
Columns = dict[str, NDArray[np.float64]]
_SHARED = ("daily_us/AAPL_1d_raw.csv", "daily_us/DELL_1d_raw.csv", "crypto/ETHBTC_5m_2018-01.csv")
_MINUTE = 60 * 10**9


def price_files() -> list[Path]:
    """GOOG of a test dependency, always there; the project's samples; three of the shared files where present."""
    package = find_spec("backtesting")
    assert package is not None and package.origin is not None
    always = [Path(package.origin).parent / "test" / "GOOG.csv", *sample_files()]
    return [*always, *(path for name in _SHARED if (path := shared_file(name)) is not None)]


def read(path: Path, rows: int | None = None) -> Columns:
    """The first `rows` of a CSV's price columns; its header may be capitalised."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        lines = [{str(key).lower(): value for key, value in row.items()} for row in csv.DictReader(file)][:rows]
    return {name: np.array([float(row.get(name) or 0) for row in lines]) for name in COLUMNS}


def group(columns: Columns, *, seen: int | None = None) -> BarSeries:
    """The columns as a strategy sees them when all bars (or `seen` of them) have closed."""
    length = len(columns["close"])
    start = np.arange(length, dtype=np.int64) * _MINUTE
    bars = Bars(symbol="X", timeframe=Timeframe.parse("1m"), timestamp=start, end=start + _MINUTE, **columns)
    clock = Clock(bars.end, start=0)
    clock.tick = (length if seen is None else seen) - 1
    listing = Listing(instrument=Instrument.default("X", AssetClass.CRYPTO), bars=bars)
    return WholeFeed({"X": listing}, clock, lambda *_: bars).group("X")


def cut(columns: Columns, length: int) -> Columns:
    """The first `length` bars."""
    return {name: np.ascontiguousarray(column[:length]) for name, column in columns.items()}
