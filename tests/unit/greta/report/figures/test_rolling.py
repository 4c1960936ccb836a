"""Rolling Sharpe and beta against pandas."""

import numpy as np
import pandas as pd

from weaver.greta.report.figures.rolling import rolling, window_of


def test_sharpe_and_beta_equal_those_of_pandas():
    rng = np.random.default_rng(5)
    market = pd.Series(rng.normal(0.0003, 0.01, 400))
    own = 0.6 * market + rng.normal(0, 0.005, 400)
    found = rolling(own.to_numpy(), market.to_numpy(), window=63, per_year=252.0)
    sharpe = own.rolling(63).mean() / own.rolling(63).std() * 252**0.5
    beta = own.rolling(63).cov(market) / market.rolling(63).var()
    np.testing.assert_allclose(found.sharpe, sharpe.dropna(), rtol=1e-9)
    np.testing.assert_allclose(found.beta, beta.dropna(), rtol=1e-9)


def test_stretch_in_which_nothing_moved_has_no_sharpe_and_none_against_it_a_beta():
    still, moving = np.full(30, 0.001), np.arange(30) / 1000
    found = rolling(still, moving, window=20, per_year=252.0)
    assert np.isnan(found.sharpe).all()
    np.testing.assert_allclose(found.beta, 0.0, atol=1e-12)
    assert np.isnan(rolling(moving, still, window=20, per_year=252.0).beta).all()


def test_window_is_half_a_year_or_a_quarter_of_less_than_two():
    assert window_of(2_000, 252.0) == 126
    assert window_of(200, 252.0) == 50
    assert window_of(79, 252.0) is None
