"""Moments of many trials against scipy's, and against the statistics of one result."""

import numpy as np
import pytest
from scipy import stats

from weaver.greta.overfitting.moments import moments_of
from weaver.greta.overfitting.trials import usable_trials
from weaver.greta.results.statistics import TradeColumns, statistics


def test_moments_are_those_that_scipy_finds() -> None:
    returns = np.random.default_rng(2).gamma(2.0, 0.01, (300, 7)) - 0.015
    before = returns.copy()
    found = moments_of(usable_trials(returns))
    assert found.sharpe == pytest.approx(returns.mean(axis=0) / returns.std(axis=0, ddof=1), rel=1e-12)
    assert found.skew == pytest.approx(stats.skew(returns), rel=1e-10)
    assert found.excess_kurtosis == pytest.approx(stats.kurtosis(returns), rel=1e-10)
    assert (returns == before).all()


def test_single_precision_is_near() -> None:
    returns = np.random.default_rng(3).standard_normal((500, 3)) * 0.01
    exact, near = (moments_of(usable_trials(returns.astype(kind))) for kind in (np.float64, np.float32))
    assert near.sharpe == pytest.approx(exact.sharpe, abs=1e-6)


def test_moments_of_a_result_are_its_statistics() -> None:
    returns = np.random.default_rng(4).standard_normal(252) * 0.01
    nothing = np.empty(0)
    trades = TradeColumns(
        pnl=nothing, return_=nothing, entry_time=np.empty(0, np.int64), exit_time=np.empty(0, np.int64)
    )
    known = statistics(
        session=np.arange(252),
        equity=1000.0 * np.cumprod(1.0 + returns),
        initial_equity=1000.0,
        trades=trades,
        sessions_per_year=252,
        sessions_covered=252,
        benchmark=None,
        exposed=np.ones(252, dtype=np.bool_),
        traded_value=0.0,
        commission=0.0,
        slippage=0.0,
    )
    found = moments_of(usable_trials(returns))
    assert [found.sharpe[0] * 252**0.5, found.skew[0], found.excess_kurtosis[0]] == pytest.approx(
        [known["sharpe"], known["skew"], known["kurtosis"]], rel=1e-9
    )
