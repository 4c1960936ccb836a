"""Minute bars of many symbols on a local exchange, fetched by `weaver data fetch` that is killed again and again.

python -m tests.integration.alpaca.year_of_minutes            20 symbols, a year, and how long that took
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.local_exchange import local_exchange
from weaver.model.calendar.stock import StockCalendar
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.staging import FOLDER

FIRST = "2024-01-02"


def write_minutes(folder: Path, symbol: str, *, sessions: int, seed: int) -> Path:
    """A file of one symbol's minute bars in regular hours."""
    calendar = StockCalendar()
    first = int(np.datetime64(FIRST, "D").astype(np.int64))
    days = calendar.expected_sessions(first, first + 2 * sessions + 20)[:sessions]
    opens, closes = calendar.session_open(days), calendar.session_close(days)
    stamps = np.concatenate(
        [np.arange(start, stop, 60 * 10**9) for start, stop in zip(opens.tolist(), closes.tolist(), strict=True)]
    )
    chance = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(chance.normal(0, 0.0005, len(stamps)))), 2)
    open_ = np.concatenate([close[:1], close[:-1]])
    columns = {
        "timestamp": pa.array(stamps, pa.timestamp("ns", tz="UTC")),
        "open": open_,
        "high": np.maximum(open_, close) + np.round(chance.random(len(stamps)) / 10, 2),
        "low": np.minimum(open_, close) - np.round(chance.random(len(stamps)) / 10, 2),
        "close": close,
        "volume": chance.integers(100, 10_000, len(stamps)).astype(np.float64),
    }
    columns |= {name: np.round(columns[name], 2) for name in ("high", "low")}
    path = folder / f"{symbol}_1m.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def fetch_killed(folder: Path, symbols: Sequence[str], *, sessions: int, kill_after_pages: Sequence[int]) -> list[str]:
    """Fetch all of it, killed each time that so many pages more were kept; what differs from the files, a line each."""
    files = [write_minutes(folder, symbol, sessions=sessions, seed=seed) for seed, symbol in enumerate(symbols)]
    imported = ParquetBarStore(folder / "imported" / "bars")
    weaver(folder / "imported", {}, "data", "import", *map(str, files))
    home = folder / "fetched"
    options = [word for file in files for word in ("--bars", str(file))]
    with local_exchange("--speed", "hold", "--rate", "0", "--start", "2025-02-03T15:00:00Z", *options) as exchange:
        settings = {
            "ALPACA_PAPER_API_KEY": exchange.key,
            "ALPACA_PAPER_API_SECRET": exchange.secret,
            "ALPACA_PAPER_BASE_URL": exchange.url,
            "ALPACA_DATA_URL": exchange.url,
            "ALPACA_STREAM_URL": exchange.url.replace("http", "ws", 1),
        }
        command = ["data", "fetch", *symbols, "--timeframe", "1m", "--from", FIRST, "--to", "2025-01-31"]
        for pages in kill_after_pages:
            kill_when(home, pages, command, settings)
        done = weaver(home, settings, *command, "--json")
    assert [one["symbol"] for one in json.loads(done)["items"]] == list(symbols)
    store = ParquetBarStore(home / "bars")
    whole = {entry.symbol: entry.content_hash for entry in store.catalogue()}
    wanted = {entry.symbol: entry.content_hash for entry in imported.catalogue()}
    return [f"{symbol}: not what the exchange has" for symbol in symbols if whole.get(symbol) != wanted[symbol]]


def weaver(home: Path, settings: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "weaver", *words], env={**os.environ, **settings, "WEAVER_HOME": str(home)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def kill_when(home: Path, pages: int, command: Sequence[str], settings: dict[str, str]) -> None:
    """Start, and kill once so many pages were kept since."""
    process = subprocess.Popen(
        [sys.executable, "-m", "weaver", *command], env={**os.environ, **settings, "WEAVER_HOME": str(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    before = seen = kept(home)
    while len(seen - before) < pages:
        seen = seen | kept(home)
        assert process.poll() is None, "it was over before it could be killed"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def kept(home: Path) -> set[Path]:
    """Pages, and series that are in the store."""
    folder = home / "bars" / FOLDER
    return {*folder.glob("*/*.npz"), *folder.glob("*/stored")}


def main() -> None:
    symbols = [f"S{number:02}" for number in range(20)]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        wrong = fetch_killed(Path(folder), symbols, sessions=252, kill_after_pages=[1, 25, 60])
    sys.exit("\n".join([*wrong, f"{len(wrong)} differ, after {time.perf_counter() - began:.0f} s"]))


if __name__ == "__main__":
    main()
