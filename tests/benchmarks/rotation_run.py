"""One rotation in a process of its own: reads every symbol of a store, backtests, prints what it took as JSON."""

import json
import sys
import time
from pathlib import Path

import weaver
from tests.benchmarks.strategies import MonthlyRotation
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.store import ParquetBarStore


def main(folder: Path) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    store = ParquetBarStore(folder / "bars")
    bars = {entry.symbol: store.read(entry.symbol, Timeframe.parse("1d")).bars for entry in store.catalogue()}
    reading = time.perf_counter() - wall
    result = weaver.backtest(MonthlyRotation, bars, cash=1_000_000, costs={"commission_bps": 10}, lookahead_check=False)
    trades = result.stats["trades"]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "reading": reading, "trades": trades}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
