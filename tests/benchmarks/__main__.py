"""`make bench`: all rows, one table. `--quick`: fewer samples on fewer bars, and no page written."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import getloadavg

from rich.console import Console

from tests.benchmarks import (
    clock,
    commit,
    csv_files,
    live,
    lookahead,
    report,
    rotation,
    scaling,
    service,
    speed,
    sweep,
    web,
    whole_process,
)
from tests.benchmarks.check import Check
from tests.benchmarks.ordinary import measure as ordinary
from tests.benchmarks.ordinary.rows import ROWS as ORDINARY
from tests.benchmarks.trading import many_runs, order_path, resumption

TRADING = ("order-path", "many-runs", "resumption")
ROWS = (
    "speed", "sweep", "ordinary", "rotation", "process", "scaling", "csv", "lookahead", "clock", "service", "commit",
    "live", *TRADING, "web",
)  # fmt: skip
Found = list[Check] | speed.Contest | sweep.Swept | ordinary.Ordinary
BUSY_LOAD = 1.0
WIDTH = 150  # columns of text, where the output goes to a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    bars: int = 500_000
    ordinary_bars: int = 200_000
    sweep_bars: int = 100_000
    sweep_rounds: int = 9
    rounds: int = 9
    symbols: int = 500
    days: int = 2_520
    counts: tuple[int, ...] = (100_000, 1_000_000, 10_000_000)
    scaling_rounds: int = 9
    csv_bars: int = 2_900_000
    csv_rounds: int = 5
    ticks: int = 100
    starts: int = 9
    service_pairs: int = 9
    clients: tuple[int, ...] = (50, 200)
    load_seconds: float = 30.0
    commit_rounds: int = 5
    live_ticks: int = 2_000
    orders: int = 300
    live_runs: tuple[int, ...] = (10, 50)
    backtests: int = 50
    resumed_runs: int = 50
    live_minutes: int = 2
    recorded_ticks: int = 10_000
    visits: int = 5
    busy_seconds: float = 60.0


QUICK = Size(
    bars=100_000, ordinary_bars=50_000, sweep_bars=20_000, sweep_rounds=2, rounds=3, symbols=100, days=2_520,
    counts=(100_000, 1_000_000), scaling_rounds=3, csv_bars=300_000, csv_rounds=3, ticks=20, starts=3, service_pairs=2,
    clients=(50,), load_seconds=6.0, commit_rounds=1, live_ticks=300, orders=50, live_runs=(10,), backtests=10,
    resumed_runs=10, live_minutes=1, recorded_ticks=1_000, visits=1, busy_seconds=6.0,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer samples on fewer bars; writes no page")
    parser.add_argument("--only", choices=ROWS, action="append", help="measure these rows only; writes no page")
    parser.add_argument("--strategy", choices=ORDINARY, action="append", help="of the ordinary ones, these only")
    options = parser.parse_args()
    console, progress = Console(width=None if sys.stdout.isatty() else WIDTH), Console(stderr=True)
    if getloadavg()[0] > BUSY_LOAD:
        progress.print(f"The machine is busy (load {getloadavg()[0]:.1f}): figures will be noisy.")
    size = QUICK if options.quick else Size()
    checks: list[Check] = []
    tables: list[report.Table] = []
    failed: list[str] = []
    for row in options.only or ROWS:
        try:
            found = _follow(measurements(row, size, options.strategy or ORDINARY), progress)
        except Exception:  # noqa: BLE001 - the other rows are measured whatever happened to this one
            progress.print_exception(max_frames=20)
            failed.append(row)
            continue
        if not isinstance(found, list):
            tables.append(found.table())
            report.show(console, tables[-1])
            found = found.checks()
        checks += found
    report.show(console, report.gates_and_goals(checks))
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")
    if not (options.quick or options.only):
        report.write_page([report.gates_and_goals(checks), *tables], "make bench")
        console.print(f"Written to {report.PAGE.relative_to(report.ROOT)}")
    sys.exit(0 if all(check.is_held for check in checks) else 1)


def measurements(row: str, size: Size, strategies: Iterable[str]) -> Iterator[str | Found]:  # noqa: C901 - a row a case
    """A row's measurement: yields lines of progress, and last what it found."""
    match row:
        case "speed":
            return speed.run_contest(size.bars, size.rounds)
        case "sweep":
            return sweep.measure(size.sweep_bars, size.sweep_rounds)
        case "ordinary":
            return ordinary.measure(strategies, size.ordinary_bars, size.rounds)
        case "rotation":
            return rotation.measure(size.symbols, size.days, size.rounds)
        case "process":
            return whole_process.measure(size.bars, size.rounds)
        case "scaling":
            return scaling.measure(size.counts, size.scaling_rounds)
        case "csv":
            return csv_files.measure(size.csv_bars, size.csv_rounds)
        case "lookahead":
            return lookahead.measure(size.bars, size.rounds)
        case "clock":
            return clock.measure(size.ticks)
        case "service":
            return service.measure(size.bars, size.starts, size.service_pairs, size.clients, size.load_seconds)
        case "commit":
            return commit.measure(size.bars, size.commit_rounds)
        case "live":
            return live.measure(size.live_ticks)
        case "order-path":
            return order_path.measure(size.orders)
        case "many-runs":
            return many_runs.measure(size.live_runs, size.backtests, size.live_minutes)
        case "web":
            return web.measure(size.bars, size.visits, size.busy_seconds)
        case "resumption":
            return resumption.measure(size.resumed_runs, size.recorded_ticks)
        case _:
            raise ValueError(f"no row {row!r}")


def _follow(steps: Iterator[str | Found], progress: Console) -> Found:
    with progress.status("starting") as status:
        for step in steps:
            if not isinstance(step, str):
                return step
            status.update(step)
    raise RuntimeError("a measurement ended without a result")


if __name__ == "__main__":
    main()
