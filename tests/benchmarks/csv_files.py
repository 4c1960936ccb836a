"""Reading a large CSV file of bars, against Arrow's own reader of the same file, one after the other."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pyarrow import csv

from tests.benchmarks.bounds import CSV_TO_ARROW
from tests.benchmarks.check import Check, check_of
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars

START = 1_262_304_000


def measure(bars: int, rounds: int) -> Iterator[str | list[Check]]:
    """How many times as long as `pyarrow.csv.read_csv` Weaver takes for so many minutes, its checks included."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "BTCUSD.csv")
        yield f"writing {bars:,} minutes"
        write(path, bars)
        size, ratios = path.stat().st_size / 1e6, []
        for number in range(rounds):
            yield f"reading {size:.0f} MB, {number + 1} of {rounds}"
            began = time.perf_counter()
            csv.read_csv(path)
            between = time.perf_counter()
            read = read_bars(path, symbol="BTCUSD", asset_class=AssetClass.CRYPTO)
            ratios.append((time.perf_counter() - between) / (between - began))
            assert len(read.bars) == bars
    yield [check_of(f"{size:.0f} MB of CSV, over pyarrow's own reader", ratios, "×", CSV_TO_ARROW)]


def write(path: Path, bars: int) -> None:
    """Minutes of a pair that trades around the clock, as an exchange exports them."""
    chance = np.random.default_rng(1)
    times = np.datetime_as_string((START + 60 * np.arange(bars)).astype("datetime64[s]"))
    closes = np.round(150 + np.abs(chance.normal(0, 0.01, bars).cumsum()), 2)
    volumes = chance.integers(1, 10**6, bars)
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        file.writelines(
            f"{at}Z,{close:.2f},{close + 0.1:.2f},{close - 0.1:.2f},{close:.2f},{volume}\n"
            for at, close, volume in zip(times, closes, volumes, strict=True)
        )
