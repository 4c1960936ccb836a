"""Drawn paths against recounting them one by one, and against arithmetic by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.overfitting.monte_carlo import (
    QUANTILES,
    contributions_of,
    paths_of_returns,
    paths_of_trades,
    quantiles,
)
from weaver.greta.overfitting.stationary_bootstrap import block_length, draws


def test_paths_are_the_drawn_returns_one_after_another() -> None:
    returns = np.random.default_rng(1).standard_normal(30) * 0.03
    paths = paths_of_returns(returns, initial_equity=1000.0, paths=50, block_length=4.0, seed=2)
    assert paths is not None
    orders = np.concatenate(list(draws(30, 50, block_length=4.0, seed=2)))
    for number, order in enumerate(orders.tolist()):
        equity = peak = lowest = 1000.0
        deepest = 0.0
        for day in order:
            equity *= 1 + returns[day]
            peak, lowest = max(peak, equity), min(lowest, equity)
            deepest = min(deepest, equity / peak - 1)
        seen = [paths.final_equity[number], paths.max_drawdown[number], paths.lowest_equity[number]]
        assert seen == pytest.approx([equity, deepest, lowest])


def test_block_length_is_found_by_itself() -> None:
    returns = np.random.default_rng(1).standard_normal(300).cumsum() * 0.001
    paths = paths_of_returns(returns, initial_equity=1.0, paths=5)
    assert paths is not None
    assert paths.block_length == block_length(returns) > 5.0


def test_ruin_of_a_coin_is_as_often_as_by_hand() -> None:
    """Two tosses, ½ lost or won: of four paths, two begin with a loss, and one loses twice."""
    paths = paths_of_trades(np.array([0.5, -0.5]), initial_equity=8.0, paths=20_000, seed=1)
    assert paths is not None
    assert paths.probability_of_ruin(0.5) == pytest.approx(0.5, abs=0.015)
    assert paths.probability_of_ruin(0.25) == pytest.approx(0.25, abs=0.015)
    assert paths.probability_of_ruin(0.2) == 0.0
    assert set(paths.final_equity) == {18.0, 6.0, 2.0}
    assert set(paths.max_drawdown) == {0.0, -0.5, -0.75}


def test_what_has_lost_everything_stays_there() -> None:
    paths = paths_of_trades(np.array([-1.5, 3.0]), initial_equity=1.0, paths=200)
    assert paths is not None
    assert set(paths.final_equity) == {0.0, 16.0}
    assert paths.max_drawdown.min() == -1.0


@given(st.lists(st.floats(-50.0, 100.0), min_size=1, max_size=30))
def test_contributions_compound_to_the_profits(pnl: list[float]) -> None:
    contributions = contributions_of(np.array(pnl), 2000.0)
    assert 2000.0 * np.prod(1 + contributions) == pytest.approx(2000.0 + sum(pnl))


def test_contributions_end_where_nothing_is_left() -> None:
    found = contributions_of(np.array([-50.0, -60.0, 10.0, 200.0]), 100.0)
    assert found[:2].tolist() == [-0.5, -1.2]
    assert np.isnan(found[2:]).all()
    assert contributions_of(np.empty(0), 100.0).tolist() == []


def test_quantiles_are_named() -> None:
    assert quantiles(np.arange(101.0)) == {0.05: 5.0, 0.25: 25.0, 0.5: 50.0, 0.75: 75.0, 0.95: 95.0}
    assert tuple(quantiles(np.ones(2))) == QUANTILES


@pytest.mark.parametrize("values", [[], [0.1], [0.1, np.nan], [0.1, np.inf]])
def test_too_little_has_no_paths(values: list[float]) -> None:
    assert paths_of_returns(np.array(values), initial_equity=1.0) is None
    assert paths_of_trades(np.array(values), initial_equity=1.0) is None
