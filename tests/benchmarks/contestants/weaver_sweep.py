"""Weaver: `weaver.sweep` of 200 pairs in this process, and a loop over `weaver.backtest`, both with all statistics."""

from collections.abc import Callable, Iterable

import weaver as weaver_api
from tests.benchmarks.bars import Columns
from tests.benchmarks.contestants.weaver import minute_bars
from tests.benchmarks.strategies import SmaWhen
from tests.benchmarks.sweep_grid import CASH, FASTS, PAIRS, SLOWS

COSTS = {"commission_bps": 10}


def prepare(columns: Columns, name: str = "1") -> Callable[[], tuple[int, float]]:
    bars = minute_bars(columns)

    def loop() -> tuple[int, float]:
        return _sums(
            weaver_api.backtest(
                SmaWhen, bars, params={"fast": fast, "slow": slow}, cash=CASH, costs=COSTS, lookahead_check=False
            ).stats
            for fast, slow in PAIRS
        )

    def swept() -> tuple[int, float]:
        found = weaver_api.sweep(
            SmaWhen, bars, {"fast": FASTS, "slow": SLOWS}, workers=int(name), keep=False, cash=CASH, costs=COSTS
        )
        return _sums(trial.stats or {} for trial in found.trials)

    return loop if name == "loop" else swept


def _sums(found: Iterable[dict]) -> tuple[int, float]:
    stats = list(found)
    return sum(int(one["trades"]) for one in stats), sum(float(one["final_equity"]) for one in stats) / len(stats)
