"""Rows 4 and 6: `weaver backtest` on 500,000 bars of Parquet, and `weaver --help`, as whole processes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.bars import minute_stamps
from tests.benchmarks.bounds import HELP, WHOLE_PROCESS, WHOLE_PROCESS_MEMORY, Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import BENCH, WEAVER, Contestant, Spread, columns_file, short
from tests.benchmarks.process import run

COMMAND = WEAVER.with_name("weaver")
STRATEGIES = Path(__file__).with_name("strategies.py")


def measure(count: int, rounds: int) -> Iterator[str | list[Check]]:
    """Each whole process after the same run inside a process that is warm; yields progress, then the checks."""
    parquet = parquet_file(count)
    backtest = [
        COMMAND, "backtest", f"{STRATEGIES}:SmaOnBar", "--bars", f"SYN/USD={parquet}", "--asset", "crypto",
        "--cash", "1000000", "--costs", "commission_bps=10", "--no-lookahead-check",
    ]  # fmt: skip
    over, peaks, helps = [], [], []
    run(backtest), run([COMMAND, "--help"])  # byte code written, files in the page cache
    with Contestant("weaver_on_bar", count) as inside:
        for turn in range(rounds):
            yield f"round {turn + 1} of {rounds}: weaver backtest, weaver --help"
            warm, whole = inside.sample(), run(backtest)
            over.append(whole.wall - warm.wall)
            peaks.append(whole.peak / 1e6)
            helps.append(run([COMMAND, "--help"]).wall)
    yield [
        _check(f"`weaver backtest`, {count:,} bars of Parquet: whole process over the run", over, "s", WHOLE_PROCESS),
        _check("the same: peak memory", peaks, "MB", WHOLE_PROCESS_MEMORY),
        _check("`weaver --help`", helps, "s", HELP),
    ]


def parquet_file(count: int) -> Path:
    """The synthetic bars as a Parquet file with a zoned timestamp, made once."""
    path = BENCH / f"SYNUSD_1m_{count}.parquet"
    if not path.exists():
        with np.load(columns_file(count)) as columns:
            stamps = pa.array(minute_stamps(count), type=pa.timestamp("ns", tz="UTC"))
            table = pa.table({"timestamp": stamps, **{name: columns[name] for name in columns.files}})
        part = path.with_suffix(".part")
        pq.write_table(table, part)
        part.rename(path)
    return path


def _check(what: str, values: list[float], unit: str, bounds: Bounds) -> Check:
    spread = f"{short(min(values))}–{short(max(values))}, n = {len(values)}"
    return Check(what=what, measured=Spread(values).median, unit=unit, spread=spread, bounds=bounds)
