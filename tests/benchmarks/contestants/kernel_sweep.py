"""A kernel compiled by numba for this one strategy: averages from running sums, crossings, fills at the next open, and
an equity value for each bar with its deepest fall. No orders, no sessions, no other statistics."""

from collections.abc import Callable

import numba
import numpy as np

from tests.benchmarks.bars import Columns
from tests.benchmarks.sweep_grid import CASH, PAIRS


@numba.njit
def kernel(opened, close, fast, slow, cash):
    count = len(close)
    fast_sum = slow_sum = 0.0
    held = pending = trades = 0
    above = below = False
    peak, deepest, equity = cash, 0.0, cash
    for k in range(count):
        if pending == 1:
            cash -= opened[k] * 1.001
            held, pending = 1, 0
        elif pending == -1:
            cash += opened[k] * 0.999
            held, pending = 0, 0
            trades += 1
        fast_sum += close[k] - (close[k - fast] if k >= fast else 0.0)
        slow_sum += close[k] - (close[k - slow] if k >= slow else 0.0)
        if k >= slow - 1:
            difference = fast_sum / fast - slow_sum / slow
            if below and difference > 0 and not held:
                pending = 1
            elif above and difference < 0 and held:
                pending = -1
            above, below = difference >= 0, difference <= 0
        equity = cash + held * close[k]
        peak = max(peak, equity)
        deepest = min(deepest, equity / peak - 1)
    return trades, equity, deepest


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    opened, close = columns["open"], columns["close"]

    def run() -> tuple[int, float]:
        found = np.array([kernel(opened, close, fast, slow, float(CASH)) for fast, slow in PAIRS])
        return int(found[:, 0].sum()), float(found[:, 1].mean())

    return run
