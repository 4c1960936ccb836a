"""Row 3: a monthly rotation among 500 symbols over ten years of daily bars, reading 500 files included."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.bounds import ROTATION, ROTATION_MEMORY
from tests.benchmarks.check import Check
from tests.benchmarks.contest import BENCH, WEAVER, Spread, short
from tests.benchmarks.process import run
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.bars.store import ParquetBarStore

FIRST_DAY = 14_612  # 2010-01-03
TIMEFRAME = Timeframe.parse("1d")


def measure(symbols: int, days: int, rounds: int) -> Iterator[str | list[Check]]:
    """Runs in processes of their own; yields progress, then the checks."""
    yield f"rotation: writing {symbols} symbols"
    folder = store_folder(symbols, days)
    cpu, wall, reading, peaks = [], [], [], []
    for turn in range(rounds):
        yield f"rotation: round {turn + 1} of {rounds}"
        usage = run([WEAVER, "-m", "tests.benchmarks.rotation_run", folder])
        told = json.loads(usage.output)
        if not told["trades"]:
            raise RuntimeError("the rotation never traded")
        cpu.append(told["cpu"])
        wall.append(told["wall"])
        reading.append(told["reading"])
        peaks.append(usage.peak / 1e6)
    spread = f"{short(min(cpu))}–{short(max(cpu))}, n = {rounds}; wall {Spread(wall)}, reading {Spread(reading)}"
    name = f"monthly rotation, {symbols} symbols × {days:,} days, files read"
    yield [
        Check(what=name, measured=Spread(cpu).median, unit="s", spread=spread, bounds=ROTATION),
        Check(what=f"{name}: peak memory of the process", measured=max(peaks), unit="MB", bounds=ROTATION_MEMORY),
    ]


def store_folder(symbols: int, days: int) -> Path:
    """A bar store with that many synthetic symbols, made once."""
    folder = BENCH / f"store_{symbols}x{days}"
    done = folder / "complete"
    if not done.exists():
        store = ParquetBarStore(folder / "bars")
        for number in range(symbols):
            bars = daily_bars(f"S{number:03d}", number, days)
            instrument = Instrument.default(bars.symbol, AssetClass.STOCK)
            store.write(bars, instrument, (), "synthetic")
        done.touch()
    return folder


def daily_bars(symbol: str, seed: int, days: int) -> Bars:
    """A geometric random walk on the stock exchange's sessions, prices in cents."""
    calendar = calendar_for(AssetClass.STOCK)
    sessions = calendar.expected_sessions(FIRST_DAY, FIRST_DAY + days * 2)[:days]
    chance = np.random.default_rng(seed)
    close = np.round(50 * np.exp(np.cumsum(chance.normal(0.0003, 0.015, days))) + 1, 2)
    opened = np.round(close * np.exp(chance.normal(0, 0.004, days)), 2)
    high = np.round(np.maximum(opened, close) * 1.005, 2)
    low = np.round(np.minimum(opened, close) * 0.995, 2)
    stamps = sessions.astype(np.int64) * DAY
    return Bars(
        symbol=symbol, timeframe=TIMEFRAME, timestamp=stamps, end=calendar.bar_end(stamps, TIMEFRAME),
        open=opened, high=high, low=low, close=close, volume=chance.integers(100_000, 5_000_000, days).astype(float),
    )  # fmt: skip
