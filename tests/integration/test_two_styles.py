"""A strategy gives the same fills to the last digit whether it is called back on signals or on every bar."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weaver
from tests.integration.markets import long_files, market, run
from tests.integration.resting_twins import STYLES
from tests.on_bar_twins import TWINS
from weaver.marvin.strategies.sma_crossover import SmaCrossover

FILES = long_files()
LONG = 7_000
by_name = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def told(result: weaver.BacktestResult) -> list[Any]:
    """All columns of all fills, what became of each order, and the cash at each bar."""
    orders = [(order.number, str(order.status), order.filled, order.reason) for order in result.orders]
    return [list(result.fills), orders, list(result.cash_flows), result.curve.cash.tolist(), result.stats]


@by_name
@pytest.mark.parametrize("name", TWINS)
def test_shipped_strategy_fills_alike_in_both_styles(name: str, path: Path) -> None:
    first, second = (run(cls, path) for cls in TWINS[name])
    assert list(first.fills) == list(second.fills)
    assert first.stats == second.stats


@by_name
@pytest.mark.parametrize("name", STYLES)
def test_resting_orders_fill_alike_in_every_style(name: str, path: Path) -> None:
    chance = Random(f"{name} {path.name}")
    fills = 0
    for seed in range(3 if len(market(path).bars) < LONG else 1):
        options = random_options(chance, seed, path)
        jumped, *others = (told(run(cls, path, **options)) for cls in STYLES[name])
        for other in others:
            assert jumped == other, options
        fills += len(jumped[0])
    assert fills >= 20


def random_options(chance: Random, seed: int, path: Path) -> dict[str, Any]:
    """Parameters, costs and an account; the reach of the orders follows the size of the bars."""
    bars = market(path).bars
    reach = float(np.median(bars.high / bars.low - 1)) * chance.choice((0.5, 1, 2, 4))
    margin = {"account": "margin", "leverage": 2, "shorting": True}
    costs = chance.choice((None, "none", {"slippage_ticks": 1, "max_participation": chance.choice((0.001, 0.02))}))
    shorts = chance.random() < 0.4
    slow = chance.randint(8, 40)
    params = {"fast": chance.randint(2, 7), "slow": slow, "reach": min(reach, 0.1), "size": chance.uniform(0.05, 0.9)}
    return {
        "params": params | {"shorts": shorts},
        "seed": seed,
        "costs": costs,
        "close_at_end": chance.random() < 0.3,
        **(margin if shorts else {}),
    }
