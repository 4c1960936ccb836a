"""The look-ahead check catches strategies that peek, tells chance apart, and accuses no honest one."""

from typing import Any

import pytest
from backtesting.test import GOOG

import weaver
from tests.integration import peekers
from weaver.greta.warnings import ResultWarning

DOUBTS = {"lookahead", "not_deterministic", "lookahead_unchecked"}
SLICES = tuple(GOOG.iloc[start : start + 1_500] for start in (0, 300, 640))


def doubts(strategy: type[weaver.Strategy], bars: Any, **options: Any) -> tuple[list[ResultWarning], int]:
    """What the check said, and how many decisions there were."""
    result = weaver.backtest(strategy, bars, **{"costs": "none", "asset": "stock", **options})
    return [warning for warning in result.warnings if warning.code in DOUBTS], len(result.orders)


@pytest.mark.parametrize("block", range(24))
def test_every_strategy_that_peeks_by_one_bar_is_caught(block: int) -> None:
    for seed in range(block * 10, block * 10 + 10):
        strategy, parameters = peekers.seeded(seed)
        found, orders = doubts(strategy, {"GOOG": SLICES[seed % 3]}, params=parameters)
        assert orders >= 20, (seed, parameters)
        assert [warning.code for warning in found] == ["lookahead"], (seed, strategy, parameters, found)
        assert "lambda" in found[0].message or "mixed" in found[0].message or parameters["mix"] in found[0].message


@pytest.mark.parametrize("strategy", peekers.ROUNDABOUT, ids=lambda cls: cls.__name__)
def test_peeks_past_the_indicators_are_caught_with_the_order_that_differs(strategy: type[weaver.Strategy]) -> None:
    for _ in range(2):  # a second run finds what the first left in the class
        found, orders = doubts(strategy, {"GOOG": SLICES[0]})
        assert orders >= 20
        assert [warning.code for warning in found] == ["lookahead"]
        assert "order" in found[0].message or "fails" in found[0].message
