"""The benchmark's bars and bare loop are the ones that published figures were taken with."""

import numpy as np
import pytest

from tests.benchmarks.bars import synthetic_columns
from tests.benchmarks.bounds import Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import Spread
from tests.benchmarks.contestants import floor


def test_half_a_million_bars_give_the_published_trades_and_equity() -> None:
    trades, equity = floor.prepare(synthetic_columns())()
    assert trades == 9765
    assert round(equity, 4) == 998158.1583


def test_bars_are_possible_and_repeatable() -> None:
    columns = synthetic_columns(10_000)
    assert all((columns["high"] >= columns[name]).all() for name in ("open", "low", "close"))
    assert all((columns["low"] <= columns[name]).all() for name in ("open", "close"))
    again = synthetic_columns(10_000)
    assert all(np.array_equal(columns[name], again[name]) for name in columns)


def test_spread_tells_the_median_with_its_extremes() -> None:
    assert str(Spread([3.0, 1.0, 2.0])) == "2 (1–3)"


@pytest.mark.parametrize(
    ("measured", "at_least", "verdict"),
    [
        (0.9, True, "GATE MISSED"),
        (1.2, True, "gate held, 1.25 × to the goal"),
        (1.5, True, "goal met"),
        (1.6, False, "goal met"),
    ],
)
def test_check_compares_with_gate_and_goal_on_the_right_side(measured: float, at_least: bool, verdict: str) -> None:
    bounds = Bounds(1.0, 1.5) if at_least else Bounds(3.0, 2.0)
    check = Check(what="speed", measured=measured, unit="×", at_least=at_least, bounds=bounds)
    assert check.verdict == verdict


def test_upper_gate_missed_when_measured_lies_above() -> None:
    assert not Check(what="memory", measured=401, unit="MB", bounds=Bounds(400, 300)).is_held
